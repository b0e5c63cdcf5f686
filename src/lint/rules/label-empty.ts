import { rule } from '../types.ts';
import { wrongLabels } from './parts/label-schema.ts';

export const labelEmpty = rule({
  id: 'label-empty',
  aliases: ['DL3051'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: 'A label that is asked for has a value.',
  why: 'An empty one says nothing.',
  source: 'hadolint, "DL3051"',
  examples: [
    { text: 'FROM alpine:3.20\nLABEL «team=""»\n', hadolint: { labelSchema: { team: 'text' } } },
    { text: 'FROM alpine:3.20\nLABEL team=core\n', hadolint: { labelSchema: { team: 'text' } } },
  ],
  detect: (subject) => wrongLabels(subject, undefined, (value) => value !== '', 'is empty'),
});
