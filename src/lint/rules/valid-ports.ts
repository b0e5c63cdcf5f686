import { rule } from '../types.ts';
import { reportAt } from './parts/hadolint.ts';

/** RFC 6335, section 6. */
const MAX_PORT = 65_535;

export const validPorts = rule({
  id: 'valid-ports',
  aliases: ['DL3011'],
  presets: ['hadolint'],
  severity: 'error',
  fixes: 'none',
  summary: 'A port is at most 65535.',
  why: 'There is none above.',
  source: 'hadolint, "DL3011"',
  examples: [{ text: 'FROM alpine:3.20\nEXPOSE «80 70000»\n' }, { text: 'FROM alpine:3.20\nEXPOSE 80 8000-8100/tcp\n' }],
  *detect({ reading }) {
    for (const at of reading.instructions) {
      if (at.name !== 'EXPOSE') continue;
      const wrong = at.ports.find((port) => port !== 'variable' && Math.max(port.from, port.to) > MAX_PORT);
      if (wrong !== undefined) yield reportAt(at, `a port is at most ${MAX_PORT}`);
    }
  },
});
