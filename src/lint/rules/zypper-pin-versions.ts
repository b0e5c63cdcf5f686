import { rule } from '../types.ts';
import { unpinned } from './parts/packages.ts';
import { isCall, operands } from '../shell/index.ts';

export const zypperPinVersions = rule({
  id: 'zypper-pin-versions',
  aliases: ['DL3037'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: '`zypper install` names versions.',
  why: 'The same Dockerfile installs other packages tomorrow.',
  source: 'hadolint, "DL3037"',
  examples: [
    { text: 'FROM opensuse/leap:15\nRUN zypper install -y «curl»\n' },
    { text: 'FROM opensuse/leap:15\nRUN zypper install -y curl=8.0 "git>2" local.rpm\n' },
  ],
  detect: ({ reading }) =>
    unpinned(
      reading,
      (command) =>
        isCall(command, 'zypper', 'install', 'in') ? operands(command).filter(({ text }) => text !== 'install' && text !== 'in') : [],
      (name) => /[=<>]/.test(name) || name.endsWith('.rpm'),
      'write `NAME=VERSION`',
    ),
});
