import { rule } from '../types.ts';
import { wrongCommands } from './parts/hadolint.ts';
import { insertFirstFlag } from './parts/insert.ts';
import { hasArg, hasFlag } from '../shell/index.ts';

const QUIET = ['progress', 'q', 'quiet', 'o', 'output-file', 'a', 'append-output', 'no-verbose'];

export const wgetProgress = rule({
  id: 'wget-progress',
  aliases: ['DL3047'],
  presets: ['hadolint'],
  severity: 'info',
  fixes: 'safe',
  summary: '`wget` shows no progress bar.',
  why: 'The log of the build fills with dots.',
  source: 'hadolint, "DL3047"',
  examples: [
    {
      text: 'FROM debian:12\nRUN «wget https://example.org/a»\n',
      fixed: 'FROM debian:12\nRUN wget --progress=dot:giga https://example.org/a\n',
    },
    { text: 'FROM debian:12\nRUN wget -nv https://example.org/a\n' },
  ],
  detect: ({ reading }) =>
    wrongCommands(reading, {
      isWrong: (command) => command.name === 'wget' && !hasFlag(command, ...QUIET) && !hasArg(command, '-nv'),
      message: 'the progress bar fills the log',
      fix: (command, run) => insertFirstFlag(command, run, '--progress=dot:giga'),
    }),
});
