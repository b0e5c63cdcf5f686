import { rule } from '../types.ts';
import { wrongCommands } from './parts/hadolint.ts';
import { insertFlag } from './parts/insert.ts';
import { hasFlag, isCall } from '../shell/index.ts';

export const yumAssumeYes = rule({
  id: 'yum-assume-yes',
  aliases: ['DL3030'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'safe',
  summary: '`yum install` has the flag `-y`.',
  why: 'Nobody is there to answer, so the build stops.',
  source: 'hadolint, "DL3030"',
  examples: [
    {
      text: 'FROM rockylinux:9\nRUN «yum install curl-7» && yum clean all\n',
      fixed: 'FROM rockylinux:9\nRUN yum install -y curl-7 && yum clean all\n',
    },
    { text: 'FROM rockylinux:9\nRUN yum -y install curl-7\n' },
  ],
  detect: ({ reading }) =>
    wrongCommands(reading, {
      isWrong: (command) => isCall(command, 'yum', 'install', 'groupinstall', 'localinstall') && !hasFlag(command, 'y', 'assumeyes'),
      message: 'yum would ask before it goes on',
      fix: (command, run) => insertFlag(command, run, ({ text }) => /install$/.test(text), '-y'),
    }),
});
