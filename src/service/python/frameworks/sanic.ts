import { applicationReader } from './candidate.ts';
import { objectCandidates } from './objects.ts';
import { runBy } from './run-by.ts';

const rule = { framework: 'sanic', kind: 'asgi', makers: ['sanic.Sanic', 'sanic.app.Sanic'] } as const;

export const sanic = applicationReader({
  id: 'python/frameworks/sanic',
  about: 'The Sanic application, run by Sanic’s own server, which is made for production.',
  source: "Sanic's guide, “Running Sanic”",
  reads: ['**/*.py'],
  mentions: ['sanic'],
  shownBy: rule,
  read: (located) =>
    objectCandidates(located, rule).map((c) =>
      runBy(c, 'sanic', (target, isFactory) => [
        target,
        ...(isFactory ? ['--factory'] : []),
        '--host=0.0.0.0',
        '--port={port}',
        '--single-process',
      ]),
    ),
});
