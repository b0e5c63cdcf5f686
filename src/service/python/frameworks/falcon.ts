import { applicationReader } from './candidate.ts';
import { objectCandidates } from './objects.ts';

const WSGI = ['falcon.App', 'falcon.API', 'falcon.app.App'];
const ASGI = ['falcon.asgi.App'];

export const falcon = applicationReader({
  id: 'python/frameworks/falcon',
  about: 'The Falcon application, of either kind: an object at module level, or a function that makes it.',
  source: "Falcon's manual, “The App Class”",
  reads: ['**/*.py'],
  mentions: ['falcon'],
  shownBy: { framework: 'falcon', makers: [...WSGI, ...ASGI] },
  read: (located) => [
    ...objectCandidates(located, { framework: 'falcon', kind: 'wsgi', makers: WSGI }),
    ...objectCandidates(located, { framework: 'falcon', kind: 'asgi', makers: ASGI }),
  ],
});
