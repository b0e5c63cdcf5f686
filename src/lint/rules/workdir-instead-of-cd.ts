import { rule } from '../types.ts';
import { wrongCommands } from './parts/hadolint.ts';

export const workdirInsteadOfCd = rule({
  id: 'workdir-instead-of-cd',
  aliases: ['DL3003'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: 'WORKDIR changes the folder, not `cd`.',
  why: '`cd` holds for one RUN only, and the reader has to keep track of it.',
  source: 'hadolint, "DL3003"',
  examples: [{ text: 'FROM alpine:3.20\nRUN «cd /src» && make\n' }, { text: 'FROM alpine:3.20\nWORKDIR /src\nRUN make\n' }],
  detect: ({ reading }) =>
    wrongCommands(reading, { isWrong: ({ name }) => name === 'cd', message: '`cd` is gone after this RUN', plainOnly: true }),
});
