import { rule } from '../types.ts';
import { mountsCache, passes, reportAt, spanIn } from './parts/hadolint.ts';
import { LeftUndone } from './parts/stages.ts';
import type { Report } from '../types.ts';
import { appendCommand } from './parts/layout.ts';
import { isCall, type Command } from '../shell/index.ts';

export const yarnCacheClean = rule({
  id: 'yarn-cache-clean',
  aliases: ['DL3060'],
  presets: ['hadolint'],
  severity: 'info',
  fixes: 'unsafe',
  summary: '`yarn cache clean` follows `yarn install` in the same RUN.',
  why: 'What yarn has fetched stays in the layer a second time.',
  source: 'hadolint, "DL3060"',
  examples: [
    {
      text: 'FROM node:22\nRUN «yarn install»\n',
      fixed: 'FROM node:22\nRUN yarn install && yarn cache clean\n',
    },
    { text: 'FROM node:22\nRUN yarn install && yarn cache clean\n' },
    { text: 'FROM node:22 AS build\nRUN yarn install\nFROM node:22\n' },
  ],
  *detect({ file, reading }) {
    for (const items of passes(reading)) {
      const left = new LeftUndone<Report>();
      for (const { content, at } of items) {
        if (content.name === 'FROM') left.enter(content.base);
        if (content.name !== 'RUN') continue;
        const { commands } = content.arguments.script;
        const install = commands.findIndex((command) => isCall(command, 'yarn', 'install'));
        const clean = commands.findIndex((command) => isCall(command, 'yarn', 'cache', 'clean'));
        if (install === -1 || (clean === -1 ? mountsCache(content, '.cache/yarn') : clean >= install)) continue;
        const fix = appendCommand(file, at, content, 'yarn cache clean');
        left.remember(reportAt(at, 'the cache of yarn stays in the layer', spanIn(content, commands[install] as Command), fix));
      }
      yield* left.counting;
    }
  },
});
