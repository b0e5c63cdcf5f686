import { applicationReader } from './candidate.ts';
import { objectCandidates } from './objects.ts';

export const starlette = applicationReader({
  id: 'python/frameworks/starlette',
  about: 'The Starlette application: an object at module level, or a function that makes it.',
  source: "Starlette's manual, “Applications”",
  reads: ['**/*.py'],
  mentions: ['starlette'],
  read: (located) => objectCandidates(located, { framework: 'starlette', kind: 'asgi', makers: ['starlette.applications.Starlette'] }),
});
