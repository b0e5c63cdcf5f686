import { rule } from '../types.ts';
import { exposedPorts } from './parts/ports.ts';

export const exposeInvalidFormat = rule({
  id: 'expose-invalid-format',
  aliases: ['ExposeInvalidFormat'],
  presets: ['buildkit', 'recommended'],
  severity: 'warning',
  fixes: 'safe',
  summary: 'EXPOSE names ports of the container alone.',
  why: 'An address or a host’s port has no effect there, and BuildKit will refuse it one day. Ports are published when the container is started.',
  source: 'BuildKit, "ExposeInvalidFormat"',
  examples: [{ text: 'FROM alpine\nEXPOSE «8080:80»\n', fixed: 'FROM alpine\nEXPOSE 80\n' }, { text: 'FROM alpine\nEXPOSE 80\n' }],
  mentions: /\bexpose\b/i,
  *detect({ evaluation }) {
    for (const { port, spec, report } of exposedPorts(evaluation)) {
      if (!spec.mapsHost) continue;
      yield report(`\`${port}\` names an address or a port of the host`, {
        title: 'keep the port of the container',
        text: port.slice(port.lastIndexOf(':') + 1),
      });
    }
  },
});
