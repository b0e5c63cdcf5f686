import { rule } from '../types.ts';
import { wrongCommands } from './parts/hadolint.ts';
import { insertFlag } from './parts/insert.ts';
import { hasFlag, isCall } from '../shell/index.ts';

export const dnfAssumeYes = rule({
  id: 'dnf-assume-yes',
  aliases: ['DL3038'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'safe',
  summary: '`dnf install` has the flag `-y`.',
  why: 'Nobody is there to answer, so the build stops.',
  source: 'hadolint, "DL3038"',
  examples: [
    {
      text: 'FROM fedora:40\nRUN «dnf install curl-7» && dnf clean all\n',
      fixed: 'FROM fedora:40\nRUN dnf install -y curl-7 && dnf clean all\n',
    },
    { text: 'FROM fedora:40\nRUN microdnf install -y curl-7\n' },
  ],
  detect: ({ reading }) =>
    wrongCommands(reading, {
      isWrong: (command) =>
        ['dnf', 'microdnf'].some((name) => isCall(command, name, 'install', 'groupinstall', 'localinstall')) &&
        !hasFlag(command, 'y', 'assumeyes'),
      message: 'dnf would ask before it goes on',
      fix: (command, run) => insertFlag(command, run, ({ text }) => /install$/.test(text), '-y'),
    }),
});
