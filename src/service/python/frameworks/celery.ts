import { applicationReader, WEIGHT } from './candidate.ts';
import { objectCandidates } from './objects.ts';
import { runBy } from './run-by.ts';

const rule = { framework: 'celery', kind: 'wsgi', makers: ['celery.Celery', 'celery.app.base.Celery'] } as const;

export const celery = applicationReader({
  id: 'python/frameworks/celery',
  about: 'A Celery application: without a server beside it, what is started is its worker.',
  source: "Celery's manual, “Workers Guide”",
  reads: ['**/*.py'],
  mentions: ['celery'],
  read: (located) =>
    objectCandidates(located, rule)
      .filter(({ application }) => 'factory' in application && !application.factory)
      .map((c) => ({
        ...runBy(c, 'celery', (target) => ['-A', target, 'worker', '--loglevel=INFO']),
        weight: c.weight - WEIGHT.object + WEIGHT.served,
      })),
});
