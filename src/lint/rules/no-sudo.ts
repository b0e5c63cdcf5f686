import { rule } from '../types.ts';
import { wrongCommands } from './parts/hadolint.ts';

export const noSudo = rule({
  id: 'no-sudo',
  aliases: ['DL3004'],
  presets: ['hadolint'],
  severity: 'error',
  fixes: 'none',
  summary: 'RUN does not call `sudo`.',
  why: 'A build step is root already, or what USER says; sudo brings a terminal and signals of its own.',
  source: 'hadolint, "DL3004"',
  examples: [{ text: 'FROM alpine:3.20\nRUN «sudo make install»\n' }, { text: 'FROM alpine:3.20\nUSER root\nRUN make install\n' }],
  detect: ({ reading }) =>
    wrongCommands(reading, { isWrong: ({ name }) => name === 'sudo', message: 'say with USER who runs this, not with `sudo`' }),
});
