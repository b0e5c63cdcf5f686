import { rule } from '../types.ts';
import { repeated } from './parts/repeated.ts';

export const oneHealthcheck = rule({
  id: 'one-healthcheck',
  aliases: ['DL3012'],
  presets: ['hadolint'],
  severity: 'error',
  fixes: 'safe',
  summary: 'A stage has one HEALTHCHECK.',
  why: 'Only the last one counts.',
  source: 'hadolint, "DL3012"',
  examples: [
    { text: 'FROM alpine:3.20\nHEALTHCHECK CMD ["a"]\nHEALTHCHECK «NONE»\n', fixed: 'FROM alpine:3.20\nHEALTHCHECK NONE\n' },
    { text: 'FROM alpine:3.20 AS a\nHEALTHCHECK NONE\nFROM a\nHEALTHCHECK NONE\n' },
  ],
  detect: (subject) => repeated(subject, 'HEALTHCHECK', 'a HEALTHCHECK stands before in this stage: only the last one counts'),
});
