import { inferred } from '../../base/index.ts';
import { byDefault, chosen, configured, decision, type Answer } from '../decision.ts';
import { NO_PORT } from './port.ts';

export const lifetime = decision({
  id: 'lifetime',
  question: 'Does it run until it is stopped, or to its end?',
  choices: {
    service: 'started again when it ends, whatever its exit code',
    job: 'done when it ends with 0; run once, or by a timetable',
  },
  why: 'What is started again after each end would run a job for ever; what counts an end as success would not notice that a worker has died. The source alone does not tell: a queue may be emptied once or watched.',
  key: 'lifetime',
  decide(context): Answer | undefined {
    const named = context.config.lifetime;
    if (named !== undefined) return configured(named, named === 'job' ? 'a job: it ends with 0' : 'until it is stopped', 'lifetime');
    if (chosen(context, 'port') !== NO_PORT) return undefined;
    return byDefault('service', 'until it is stopped', inferred('lifetime/service', 'a worker is expected to wait for more work'));
  },
});
