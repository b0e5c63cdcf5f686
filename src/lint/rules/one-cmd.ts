import { rule } from '../types.ts';
import { repeated } from './parts/repeated.ts';

export const oneCmd = rule({
  id: 'one-cmd',
  aliases: ['DL4003'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'safe',
  summary: 'A stage has one CMD.',
  why: 'Only the last one counts.',
  source: 'hadolint, "DL4003"',
  examples: [
    { text: 'FROM alpine:3.20\nCMD ["a"]\nCMD «["b"]»\n', fixed: 'FROM alpine:3.20\nCMD ["b"]\n' },
    { text: 'FROM alpine:3.20 AS a\nCMD ["a"]\nFROM a\nCMD ["b"]\n' },
  ],
  detect: (subject) => repeated(subject, 'CMD', 'a CMD stands before in this stage: only the last one counts'),
});
