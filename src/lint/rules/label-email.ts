import { rule } from '../types.ts';
import { wrongLabels } from './parts/label-schema.ts';
import { isEmail } from './parts/label-values.ts';

export const labelEmail = rule({
  id: 'label-email',
  aliases: ['DL3058'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: 'A label that should be a mail address is one.',
  why: 'Somebody writes to it when it burns.',
  source: 'RFC 5322; hadolint, "DL3058"',
  examples: [
    { text: 'FROM alpine:3.20\nLABEL «team=core»\n', hadolint: { labelSchema: { team: 'email' } } },
    { text: 'FROM alpine:3.20\nLABEL team=core@example.org\n', hadolint: { labelSchema: { team: 'email' } } },
  ],
  detect: (subject) => wrongLabels(subject, 'email', isEmail, 'is no mail address'),
});
