import { applicationReader } from './candidate.ts';
import { objectCandidates } from './objects.ts';

export const django = applicationReader({
  id: 'python/frameworks/django',
  about: 'The Django application that wsgi.py or asgi.py makes.',
  source: "Django's manual, “How to deploy with WSGI”, “How to deploy with ASGI”",
  reads: ['**/wsgi.py', '**/asgi.py'],
  mentions: ['get_wsgi_application', 'get_asgi_application'],
  shownBy: { framework: 'django', makers: ['django.core.management.execute_from_command_line'] },
  read(located) {
    const wsgi = objectCandidates(located, { framework: 'django', kind: 'wsgi', makers: ['django.core.wsgi.get_wsgi_application'] });
    const asgi = objectCandidates(located, { framework: 'django', kind: 'asgi', makers: ['django.core.asgi.get_asgi_application'] });
    // startproject writes both; without ASGI features the synchronous one is what Django's own checklist assumes.
    return [...wsgi, ...asgi.map((c) => ({ ...c, weight: c.weight - 1 }))];
  },
});
