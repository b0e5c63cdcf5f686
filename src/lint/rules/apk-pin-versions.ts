import { rule } from '../types.ts';
import { unpinned } from './parts/packages.ts';
import { isCall, operands, withoutValuesOf } from '../shell/index.ts';

export const apkPinVersions = rule({
  id: 'apk-pin-versions',
  aliases: ['DL3018'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: '`apk add` names versions.',
  why: 'The same Dockerfile installs other packages tomorrow.',
  source: 'hadolint, "DL3018"',
  examples: [
    { text: 'FROM alpine:3.20\nRUN apk add --no-cache «curl»\n' },
    { text: 'FROM alpine:3.20\nRUN apk add --no-cache -t deps curl=8.9.1-r0 git~2.45\n' },
  ],
  detect: ({ reading }) =>
    unpinned(
      reading,
      (command) =>
        isCall(command, 'apk', 'add')
          ? operands(withoutValuesOf(command, 't', 'virtual', 'repository', 'X')).filter(({ text }) => text !== 'add')
          : [],
      (name) => /[=~<>]/.test(name) || name.endsWith('.apk'),
      'write `NAME=VERSION`',
    ),
});
