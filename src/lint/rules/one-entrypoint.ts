import { rule } from '../types.ts';
import { repeated } from './parts/repeated.ts';

export const oneEntrypoint = rule({
  id: 'one-entrypoint',
  aliases: ['DL4004'],
  presets: ['hadolint'],
  severity: 'error',
  fixes: 'safe',
  summary: 'A stage has one ENTRYPOINT.',
  why: 'Only the last one counts.',
  source: 'hadolint, "DL4004"',
  examples: [
    { text: 'FROM alpine:3.20\nENTRYPOINT ["a"]\nENTRYPOINT «["b"]»\n', fixed: 'FROM alpine:3.20\nENTRYPOINT ["b"]\n' },
    { text: 'FROM alpine:3.20 AS a\nENTRYPOINT ["a"]\nFROM a\nENTRYPOINT ["b"]\n' },
  ],
  detect: (subject) => repeated(subject, 'ENTRYPOINT', 'a ENTRYPOINT stands before in this stage: only the last one counts'),
});
