import { callsOf } from '../source/walk.ts';
import { applicationReader, usual, WEIGHT } from './candidate.ts';
import { programCandidate } from './script.ts';

const MAKERS = ['tornado.web.Application'];

export const tornado = applicationReader({
  id: 'python/frameworks/tornado',
  about: 'A Tornado server: the module that makes the application listen.',
  source: "Tornado's guide, “Running and deploying”",
  reads: ['**/*.py'],
  mentions: ['tornado'],
  shownBy: { framework: 'tornado', makers: MAKERS },
  read(located) {
    const { module, program } = located;
    const listens = callsOf(module).find(({ call }) => {
      if (program.qualify(call.callee, module) === 'tornado.httpserver.HTTPServer') return true;
      return call.callee.kind === 'attribute' && ['listen', 'bind', 'add_sockets'].includes(call.callee.name);
    });
    if (!listens || !module.bindings.some((b) => /^tornado\b/.test(b.module))) return [];
    return [programCandidate(located, 'tornado', WEIGHT.object + usual(module.path), listens.call)];
  },
});
