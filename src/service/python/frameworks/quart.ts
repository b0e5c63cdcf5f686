import { applicationReader } from './candidate.ts';
import { objectCandidates } from './objects.ts';

const rule = { framework: 'quart', kind: 'asgi', makers: ['quart.Quart', 'quart.app.Quart'] } as const;

export const quart = applicationReader({
  id: 'python/frameworks/quart',
  about: 'The Quart application: an object at module level, or a function that makes it.',
  source: "Quart's manual, “Quickstart”",
  reads: ['**/*.py'],
  mentions: ['quart'],
  shownBy: rule,
  read: (located) => objectCandidates(located, rule),
});
