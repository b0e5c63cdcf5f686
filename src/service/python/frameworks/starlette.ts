import { applicationReader } from './candidate.ts';
import { objectCandidates } from './objects.ts';

const rule = { framework: 'starlette', kind: 'asgi', makers: ['starlette.applications.Starlette'] } as const;

export const starlette = applicationReader({
  id: 'python/frameworks/starlette',
  about: 'The Starlette application: an object at module level, or a function that makes it.',
  source: "Starlette's manual, “Applications”",
  reads: ['**/*.py'],
  mentions: ['starlette'],
  shownBy: rule,
  read: (located) => objectCandidates(located, rule),
});
