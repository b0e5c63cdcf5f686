import { rule } from '../types.ts';
import { wrongCommands } from './parts/hadolint.ts';
import { insertFlag } from './parts/insert.ts';
import { hasArg, hasFlag, isCall, type Command } from '../shell/index.ts';

export const aptAssumeYes = rule({
  id: 'apt-assume-yes',
  aliases: ['DL3014'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'safe',
  summary: '`apt-get install` has the flag `-y`.',
  why: 'Nobody is there to answer, so the build stops.',
  source: 'hadolint, "DL3014"',
  examples: [
    { text: 'FROM debian:12\nRUN «apt-get install curl=7»\n', fixed: 'FROM debian:12\nRUN apt-get install -y curl=7\n' },
    { text: 'FROM debian:12\nRUN apt-get install -qq curl=7\n' },
  ],
  detect: ({ reading }) =>
    wrongCommands(reading, {
      isWrong: (command) =>
        isCall(command, 'apt-get', 'install') && !(hasFlag(command, 'y', 'yes', 'qq', 'assume-yes') || isQuietTwice(command)),
      message: 'apt-get would ask before it goes on',
      fix: (command, run) => insertFlag(command, run, ({ text }) => text === 'install', '-y'),
    }),
});

/** `-qq` and its other spellings answer too. */
const isQuietTwice = (command: Command): boolean =>
  hasArg(command, '-q=2') || ['q', 'quiet'].some((name) => command.flags.filter((flag) => flag.name === name).length === 2);
