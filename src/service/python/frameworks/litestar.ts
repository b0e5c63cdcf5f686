import { applicationReader } from './candidate.ts';
import { objectCandidates } from './objects.ts';

const rule = { framework: 'litestar', kind: 'asgi', makers: ['litestar.Litestar', 'litestar.app.Litestar'] } as const;

export const litestar = applicationReader({
  id: 'python/frameworks/litestar',
  about: 'The Litestar application: an object at module level, or a function that makes it.',
  source: "Litestar's manual, “The Litestar app”",
  reads: ['**/*.py'],
  mentions: ['litestar'],
  shownBy: rule,
  read: (located) => objectCandidates(located, rule),
});
