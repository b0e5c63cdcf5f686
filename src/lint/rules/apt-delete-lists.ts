import { rule } from '../types.ts';
import { mountsCache, passes, reportAt, spanIn, type Run } from './parts/hadolint.ts';
import { LeftUndone } from './parts/stages.ts';
import type { Report } from '../types.ts';
import { isCall } from '../shell/index.ts';

const UPDATERS = ['apt', 'apt-get', 'aptitude'];

export const aptDeleteLists = rule({
  id: 'apt-delete-lists',
  aliases: ['DL3009'],
  presets: ['hadolint'],
  severity: 'info',
  fixes: 'none',
  summary: 'What `apt-get update` fetches is deleted in the same RUN.',
  why: 'The lists stay in the layer: some 20 MB that nobody reads again.',
  source: 'hadolint, "DL3009"',
  examples: [
    { text: 'FROM debian:12\nRUN «apt-get update» && apt-get install -y curl\n' },
    { text: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n' },
    { text: 'FROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt --mount=type=cache,target=/var/cache/apt apt-get update\n' },
  ],
  *detect({ reading }) {
    for (const items of passes(reading)) {
      const left = new LeftUndone<Report>();
      for (const { content, at } of items) {
        if (content.name === 'FROM') left.enter(content.base);
        if (content.name !== 'RUN' || cached(content)) continue;
        const { commands } = content.arguments.script;
        const update = commands.find((command) => UPDATERS.some((name) => isCall(command, name, 'update')));
        if (update === undefined || commands.some((command) => isCall(command, 'rm', '-rf', '/var/lib/apt/lists/*'))) continue;
        left.remember(reportAt(at, 'the lists in /var/lib/apt/lists stay in the layer', spanIn(content, update)));
      }
      yield* left.counting;
    }
  },
});

/** Whether the lists are not part of the layer. */
const cached = (run: Run): boolean =>
  mountsCache(run, '/var/lib/apt/lists') || (mountsCache(run, '/var/lib/apt') && mountsCache(run, '/var/cache/apt'));
