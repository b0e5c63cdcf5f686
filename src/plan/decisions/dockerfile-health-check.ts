import { inferred, UserError } from '../../base/index.ts';
import { byDefault, chosen, configured, decision, type Answer } from '../decision.ts';

export const dockerfileHealthCheck = decision({
  id: 'dockerfile-health-check',
  question: 'What asks the health endpoint in the written Dockerfile?',
  choices: {
    python: 'the interpreter that is there already: nothing is installed',
    curl: 'known to everybody and easy to call by hand; one more program with its libraries to keep up to date',
    none: 'only the orchestrator asks, by probes of its own (Kubernetes ignores HEALTHCHECK)',
  },
  why: 'Docker and Compose see that a container hangs only where the image says how to ask. Kubernetes and ECS ask by what their own manifests say.',
  key: 'dockerfile.healthCheck',
  decide(context): Answer {
    const by = context.config.dockerfile?.healthCheck;
    const kind = chosen(context, 'health-check');
    if (by === 'curl' && kind === 'tcp')
      throw new UserError('curl has nothing to ask: no route looks like a health endpoint', 'name it: `healthCheck: {path: /health}`', {
        file: 'plimsoll.yaml',
      });
    if (by !== undefined) return configured(by, by === 'none' ? 'nothing: the orchestrator does' : by, 'dockerfile.healthCheck');
    if (kind === 'none') return byDefault('none', 'nothing', inferred('dockerfile-health-check/none', 'the plan has no health check'));
    return byDefault(
      'python',
      'Python itself',
      inferred('dockerfile-health-check/python', 'the interpreter is there already: nothing is installed'),
    );
  },
});
