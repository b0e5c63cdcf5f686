import { rule } from '../types.ts';
import { unpinned } from './parts/packages.ts';
import { isCall, operands, withoutValuesOf } from '../shell/index.ts';

export const aptPinVersions = rule({
  id: 'apt-pin-versions',
  aliases: ['DL3008'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: '`apt-get install` names versions.',
  why: 'The same Dockerfile installs other packages tomorrow.',
  source: 'hadolint, "DL3008"',
  examples: [
    { text: 'FROM debian:12\nRUN apt-get install -y «curl» git=1:2.39\n' },
    { text: 'FROM debian:12\nRUN apt-get install -y -t stable curl=7.88 ./local.deb\n' },
  ],
  detect: ({ reading }) =>
    unpinned(
      reading,
      (command) =>
        isCall(command, 'apt-get', 'install')
          ? operands(withoutValuesOf(command, 't', 'target-release')).filter(({ text }) => text !== 'install')
          : [],
      (name) => name.includes('=') || name.includes('/') || name.endsWith('.deb'),
      'write `NAME=VERSION`',
    ),
});
