import { inferred } from '../../base/index.ts';
import { byDefault, configured, decision, type Answer } from '../decision.ts';

export const dockerfileStages = decision({
  id: 'dockerfile-stages',
  question: 'How many stages has the written Dockerfile?',
  choices: {
    multi: 'a stage `builder` that installs, and one that runs: what installs stays out of the image',
    single: 'shorter, for development only: pip, compilers and headers stay in the image',
  },
  why: 'What is only needed to install (uv, pip’s cache, a compiler) is weight in production and a tool for whoever breaks in. A stage of its own leaves it behind.',
  key: 'dockerfile.stages',
  decide({ config }): Answer {
    const stages = config.dockerfile?.stages;
    if (stages !== undefined)
      return configured(stages, stages === 'single' ? 'one, for development only' : 'two: builder and runtime', 'dockerfile.stages');
    return byDefault('multi', 'two: builder and runtime', inferred('dockerfile-stages/builder', 'what installs is not needed to run'));
  },
});
