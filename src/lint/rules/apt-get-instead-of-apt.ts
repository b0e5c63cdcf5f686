import { rule } from '../types.ts';
import { hasArg } from '../shell/index.ts';
import { wrongCommands } from './parts/hadolint.ts';
import { renameCommand } from './parts/insert.ts';

export const aptGetInsteadOfApt = rule({
  id: 'apt-get-instead-of-apt',
  aliases: ['DL3027'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'unsafe',
  summary: 'RUN calls `apt-get` or `apt-cache`, not `apt`.',
  why: '`apt` is made for people, and its options may change: apt(8).',
  source: 'hadolint, "DL3027"',
  examples: [
    { text: 'FROM debian:12\nRUN «apt install -y curl»\n', fixed: 'FROM debian:12\nRUN apt-get install -y curl\n' },
    { text: 'FROM debian:12\nRUN apt-get install -y curl=7\n' },
  ],
  detect: ({ reading }) =>
    wrongCommands(reading, {
      isWrong: ({ name }) => name === 'apt',
      message: '`apt` promises scripts nothing; `apt-get` does',
      fix: (command, run) => (hasArg(command, ...SHARED) ? renameCommand(command, run, 'apt-get') : undefined),
    }),
});

/** What both do in the same way; `apt upgrade` also installs what is new. */
const SHARED = 'autoclean autopurge autoremove build-dep clean download install purge reinstall remove source update'.split(' ');
