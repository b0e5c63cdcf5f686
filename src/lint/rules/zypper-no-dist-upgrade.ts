import { rule } from '../types.ts';
import { wrongCommands } from './parts/hadolint.ts';
import { isCall } from '../shell/index.ts';

export const zypperNoDistUpgrade = rule({
  id: 'zypper-no-dist-upgrade',
  aliases: ['DL3035'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: 'RUN does not upgrade the distribution.',
  why: 'The base image then says little about what is in the image; take a newer one.',
  source: 'hadolint, "DL3035"',
  examples: [{ text: 'FROM opensuse/leap:15\nRUN «zypper dup»\n' }, { text: 'FROM opensuse/leap:15\nRUN zypper refresh\n' }],
  detect: ({ reading }) =>
    wrongCommands(reading, {
      isWrong: (command) => isCall(command, 'zypper', 'dist-upgrade', 'dup'),
      message: 'take a newer base image instead',
    }),
});
