import { rule } from '../types.ts';
import { wrongCommands } from './parts/hadolint.ts';
import { insertFlag } from './parts/insert.ts';
import { hasArg, hasFlag, isCall } from '../shell/index.ts';

export const aptNoRecommends = rule({
  id: 'apt-no-recommends',
  aliases: ['DL3015'],
  presets: ['hadolint'],
  severity: 'info',
  fixes: 'unsafe',
  summary: '`apt-get install` leaves out what is only recommended.',
  why: 'Recommended packages often double what is installed.',
  source: 'hadolint, "DL3015"',
  examples: [
    {
      text: 'FROM debian:12\nRUN «apt-get install -y curl=7»\n',
      fixed: 'FROM debian:12\nRUN apt-get install --no-install-recommends -y curl=7\n',
    },
    { text: 'FROM debian:12\nRUN apt-get install -y --no-install-recommends curl=7\n' },
  ],
  detect: ({ reading }) =>
    wrongCommands(reading, {
      isWrong: (command) =>
        isCall(command, 'apt-get', 'install') &&
        !hasFlag(command, 'no-install-recommends') &&
        !hasArg(command, 'APT::Install-Recommends=false'),
      message: 'packages that are only recommended are installed too',
      fix: (command, run) => insertFlag(command, run, ({ text }) => text === 'install', '--no-install-recommends'),
    }),
});
