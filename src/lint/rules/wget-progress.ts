import { rule } from '../types.ts';
import { spanIn, wrongCommands, type Run } from './parts/hadolint.ts';
import { hasArg, hasFlag, type Command } from '../shell/index.ts';
import { replace } from '../../dockerfile/index.ts';
import type { Fix } from '../types.ts';

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
      fix: withProgress,
    }),
});

/** Where the command is plainly named. */
function withProgress(command: Command, run: Run): Fix | undefined {
  const span = spanIn(run, { ...command, end: command.start + command.name.length });
  if (run.arguments.isList || span === undefined || span.end - span.start !== command.name.length) return undefined;
  if (run.arguments.said.text.slice(command.start, command.start + 4) !== 'wget') return undefined;
  return { title: 'add `--progress=dot:giga`', edits: [replace({ start: span.end, end: span.end }, ' --progress=dot:giga')] };
}
