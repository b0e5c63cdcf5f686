import { rule } from '../types.ts';
import { wrongLabels } from './parts/label-schema.ts';

export const labelCommit = rule({
  id: 'label-commit',
  aliases: ['DL3055'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: 'A label that should be a commit is a hash of 7 or 40 digits.',
  why: 'Tools look the commit up.',
  source: 'hadolint, "DL3055"',
  examples: [
    { text: 'FROM alpine:3.20\nLABEL «team=main»\n', hadolint: { labelSchema: { team: 'hash' } } },
    { text: 'FROM alpine:3.20\nLABEL team=0123abc\n', hadolint: { labelSchema: { team: 'hash' } } },
  ],
  detect: (subject) => wrongLabels(subject, 'hash', (value) => /^(?:[0-9a-f]{7}|[0-9a-f]{40})$/.test(value), 'is no hash of a commit'),
});
