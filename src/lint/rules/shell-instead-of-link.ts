import { rule } from '../types.ts';
import { wrongCommands } from './parts/hadolint.ts';
import { isCall } from '../shell/index.ts';

export const shellInsteadOfLink = rule({
  id: 'shell-instead-of-link',
  aliases: ['DL4005'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: 'SHELL changes the shell, not a link to /bin/sh.',
  why: 'Scripts of the distribution are written for the /bin/sh that was there.',
  source: 'hadolint, "DL4005"',
  examples: [{ text: 'FROM debian:12\nRUN «ln -sf /bin/bash /bin/sh»\n' }, { text: 'FROM debian:12\nSHELL ["/bin/bash", "-c"]\n' }],
  detect: ({ reading }) =>
    wrongCommands(reading, { isWrong: (command) => isCall(command, 'ln', '/bin/sh'), message: 'say with SHELL which shell is meant' }),
});
