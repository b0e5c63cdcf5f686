import { applicationReader } from './candidate.ts';
import { objectCandidates } from './objects.ts';

export const flask = applicationReader({
  id: 'python/frameworks/flask',
  about: 'The Flask application: an object at module level, or a function that makes it.',
  source: "Flask's manual, “Application Object” and “Application Factories”",
  reads: ['**/*.py'],
  mentions: ['flask'],
  read: (located) => objectCandidates(located, { framework: 'flask', kind: 'wsgi', makers: ['flask.Flask', 'flask.app.Flask'] }),
});
