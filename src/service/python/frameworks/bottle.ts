import { applicationReader } from './candidate.ts';
import { objectCandidates } from './objects.ts';

const rule = { framework: 'bottle', kind: 'wsgi', makers: ['bottle.Bottle', 'bottle.default_app', 'bottle.app'] } as const;

export const bottle = applicationReader({
  id: 'python/frameworks/bottle',
  about: 'The Bottle application: an object at module level, or a function that makes it.',
  source: "Bottle's manual, “Deployment”",
  reads: ['**/*.py'],
  mentions: ['bottle'],
  shownBy: rule,
  read: (located) => objectCandidates(located, rule),
});
