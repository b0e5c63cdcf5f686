import { callsOf } from '../source/walk.ts';
import { applicationReader, usual, WEIGHT } from './candidate.ts';
import { programCandidate } from './script.ts';

const SERVES = ['aiohttp.web.run_app', 'aiohttp.web.AppRunner'];

export const aiohttp = applicationReader({
  id: 'python/frameworks/aiohttp',
  about: 'An aiohttp server: the module that calls `web.run_app` or starts a runner.',
  source: "aiohttp's manual, “Web Server Quickstart”, “Application runners”",
  reads: ['**/*.py'],
  mentions: ['run_app', 'AppRunner'],
  shownBy: { framework: 'aiohttp', makers: SERVES },
  read({ module, program }) {
    const found = callsOf(module).find(({ call }) => SERVES.includes(program.qualify(call.callee, module) ?? ''));
    if (!found) return [];
    return [programCandidate({ module, program }, 'aiohttp', WEIGHT.object + usual(module.path), found.call)];
  },
});
