import { rule } from '../types.ts';
import { wrongCommands } from './parts/hadolint.ts';
import { insertFlag } from './parts/insert.ts';
import { hasFlag, isCall } from '../shell/index.ts';

export const zypperNonInteractive = rule({
  id: 'zypper-non-interactive',
  aliases: ['DL3034'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'safe',
  summary: '`zypper` has a flag that says that nobody will answer.',
  why: 'Nobody is there to answer, so the build stops.',
  source: 'hadolint, "DL3034"',
  examples: [
    { text: 'FROM opensuse/leap:15\nRUN «zypper install curl=7»\n', fixed: 'FROM opensuse/leap:15\nRUN zypper install -y curl=7\n' },
    { text: 'FROM opensuse/leap:15\nRUN zypper -n install curl=7\n' },
  ],
  detect: ({ reading }) =>
    wrongCommands(reading, {
      isWrong: (command) =>
        isCall(command, 'zypper', 'install', 'in', 'remove', 'rm', 'source-install', 'si', 'patch') &&
        !hasFlag(command, 'non-interactive', 'n', 'no-confirm', 'y'),
      message: 'zypper would ask before it goes on',
      fix: (command, run) => insertFlag(command, run, ({ text }) => /^(?:install|in|remove|rm|patch)$/.test(text), '-y'),
    }),
});
