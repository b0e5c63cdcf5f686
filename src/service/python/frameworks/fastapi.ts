import { applicationReader } from './candidate.ts';
import { objectCandidates } from './objects.ts';

const rule = { framework: 'fastapi', kind: 'asgi', makers: ['fastapi.FastAPI', 'fastapi.applications.FastAPI'] } as const;

export const fastapi = applicationReader({
  id: 'python/frameworks/fastapi',
  about: 'The FastAPI application: an object at module level, or a function that makes it.',
  source: "FastAPI's manual, “First Steps”",
  reads: ['**/*.py'],
  mentions: ['fastapi'],
  shownBy: rule,
  read: (located) => objectCandidates(located, rule),
});
