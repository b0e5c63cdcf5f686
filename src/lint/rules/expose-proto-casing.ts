import { rule } from '../types.ts';
import { exposedPorts } from './parts/ports.ts';

export const exposeProtoCasing = rule({
  id: 'expose-proto-casing',
  aliases: ['ExposeProtoCasing'],
  presets: ['buildkit'],
  severity: 'style',
  fixes: 'safe',
  summary: 'Protocols in EXPOSE are written in lower case.',
  why: 'Tools compare them as they are written.',
  source: 'BuildKit, "ExposeProtoCasing"',
  examples: [{ text: 'FROM alpine\nEXPOSE «80/TCP»\n', fixed: 'FROM alpine\nEXPOSE 80/tcp\n' }, { text: 'FROM alpine\nEXPOSE 80/tcp\n' }],
  *detect({ evaluation }) {
    for (const { port, spec, report } of exposedPorts(evaluation)) {
      if (spec.protocol === spec.protocol.toLowerCase()) continue;
      yield report(`the protocol of \`${port}\` has capitals`, { title: 'write the protocol in lower case', text: port.toLowerCase() });
    }
  },
});
