import { inferred } from '../../base/index.ts';
import { byDefault, chosen, configured, decision, type Answer } from '../decision.ts';

export const workers = decision({
  id: 'workers',
  question: 'How many worker processes?',
  choices: {
    '1': 'least memory; scale by adding containers',
    '2': 'one slow request does not stop the other; about twice the memory',
    '4': 'for a container with two cores to itself (gunicorn advises 2 × cores + 1)',
  },
  why: 'An orchestrator scales by containers, and each worker costs the memory of the whole application. A synchronous worker serves one request at a time, so one alone would let a slow request hold up the health check.',
  key: 'workers',
  decide(context): Answer {
    const { config, service } = context;
    if (config.workers !== undefined) return configured(String(config.workers), `${config.workers}, as plimsoll.yaml says`, 'workers');
    if (config.command || service.start)
      return byDefault('1', 'as the start command says', inferred('workers/declared', 'the start command is taken as it is'));
    if (!['gunicorn', 'uwsgi'].includes(chosen(context, 'server')))
      return byDefault(
        '1',
        'one process; add containers to scale',
        inferred('workers/one', 'an asynchronous or own server handles many requests in one process'),
      );
    return byDefault(
      '2',
      'two, so that one slow request does not stop the health check',
      inferred('workers/sync', 'a synchronous worker serves one request at a time'),
    );
  },
});
