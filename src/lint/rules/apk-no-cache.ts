import { rule } from '../types.ts';
import { mountsCache, wrongCommands } from './parts/hadolint.ts';
import { insertFlag } from './parts/insert.ts';
import { hasFlag, isCall } from '../shell/index.ts';

export const apkNoCache = rule({
  id: 'apk-no-cache',
  aliases: ['DL3019'],
  presets: ['hadolint'],
  severity: 'info',
  fixes: 'unsafe',
  summary: '`apk add` has the flag `--no-cache`.',
  why: 'Otherwise the index of packages stays in the layer, or is out of date.',
  source: 'hadolint, "DL3019"',
  examples: [
    { text: 'FROM alpine:3.20\nRUN «apk add curl=8»\n', fixed: 'FROM alpine:3.20\nRUN apk add --no-cache curl=8\n' },
    { text: 'FROM alpine:3.20\nRUN --mount=type=cache,target=/var/cache/apk apk add curl=8\n' },
  ],
  detect: ({ reading }) =>
    wrongCommands(reading, {
      isWrong: (command, run) => isCall(command, 'apk', 'add') && !hasFlag(command, 'no-cache') && !mountsCache(run, '/var/cache/apk'),
      message: 'apk leaves its index in the layer',
      fix: (command, run) => insertFlag(command, run, ({ text }) => text === 'add', '--no-cache'),
    }),
});
