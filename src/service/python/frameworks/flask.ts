import { applicationReader } from './candidate.ts';
import { objectCandidates } from './objects.ts';

const rule = { framework: 'flask', kind: 'wsgi', makers: ['flask.Flask', 'flask.app.Flask'] } as const;

export const flask = applicationReader({
  id: 'python/frameworks/flask',
  about: 'The Flask application: an object at module level, or a function that makes it.',
  source: "Flask's manual, “Application Object” and “Application Factories”",
  reads: ['**/*.py'],
  mentions: ['flask'],
  shownBy: rule,
  read: (located) => objectCandidates(located, rule),
});
