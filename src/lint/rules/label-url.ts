import { rule } from '../types.ts';
import { wrongLabels } from './parts/label-schema.ts';
import { isUri } from './parts/label-values.ts';

export const labelUrl = rule({
  id: 'label-url',
  aliases: ['DL3052'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: 'A label that should be an address is one.',
  why: 'Tools follow it.',
  source: 'RFC 3986; hadolint, "DL3052"',
  examples: [
    { text: 'FROM alpine:3.20\nLABEL «team=example.org»\n', hadolint: { labelSchema: { team: 'url' } } },
    { text: 'FROM alpine:3.20\nLABEL team=https://example.org/a\n', hadolint: { labelSchema: { team: 'url' } } },
  ],
  detect: (subject) => wrongLabels(subject, 'url', isUri, 'is no address'),
});
