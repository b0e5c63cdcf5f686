import { rule } from '../types.ts';
import { wrongLabels } from './parts/label-schema.ts';
import { isTime } from './parts/label-values.ts';

export const labelTime = rule({
  id: 'label-time',
  aliases: ['DL3053'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: 'A label that should be a time is one.',
  why: 'Tools compute with it.',
  source: 'RFC 3339; hadolint, "DL3053"',
  examples: [
    { text: 'FROM alpine:3.20\nLABEL «team=yesterday»\n', hadolint: { labelSchema: { team: 'rfc3339' } } },
    { text: 'FROM alpine:3.20\nLABEL team=2024-02-29T12:00:00Z\n', hadolint: { labelSchema: { team: 'rfc3339' } } },
  ],
  detect: (subject) => wrongLabels(subject, 'rfc3339', isTime, 'is no time as RFC 3339 has it'),
});
