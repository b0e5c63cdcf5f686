import { rule } from '../types.ts';
import { mountsCache, passes, reportAt, spanIn, type Item, type Run } from './parts/hadolint.ts';
import { appendCommand } from './parts/layout.ts';
import { LeftUndone } from './parts/stages.ts';
import type { Report } from '../types.ts';
import { hasArg, isCall } from '../shell/index.ts';

const UPDATERS = ['apt', 'apt-get', 'aptitude'];

export const aptDeleteLists = rule({
  id: 'apt-delete-lists',
  aliases: ['DL3009'],
  presets: ['hadolint'],
  severity: 'info',
  fixes: 'unsafe',
  summary: 'What `apt-get update` fetches is deleted in the same RUN.',
  why: 'The lists stay in the layer: some 20 MB that nobody reads again.',
  source: 'hadolint, "DL3009"',
  examples: [
    {
      text: 'FROM debian:12\nRUN «apt-get update» && apt-get install -y curl\n',
      fixed: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n',
    },
    { text: 'FROM debian:12\nRUN «apt-get update»\nRUN apt-get install -y curl\n' },
    { text: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n' },
    { text: 'FROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt --mount=type=cache,target=/var/cache/apt apt-get update\n' },
  ],
  *detect({ file, reading }) {
    for (const items of passes(reading)) {
      const left = new LeftUndone<Report>();
      for (const { content, at } of items) {
        if (content.name === 'FROM') left.enter(content.base);
        if (content.name !== 'RUN' || cached(content)) continue;
        const { commands } = content.arguments.script;
        const update = commands.find((command) => UPDATERS.some((name) => isCall(command, name, 'update')));
        if (update === undefined || commands.some((command) => isCall(command, 'rm', '-rf', '/var/lib/apt/lists/*'))) continue;
        const fix = isReadLater(items, at) ? undefined : appendCommand(file, at, content, 'rm -rf /var/lib/apt/lists/*');
        left.remember(reportAt(at, 'the lists in /var/lib/apt/lists stay in the layer', spanIn(content, update), fix));
      }
      yield* left.counting;
    }
  },
});

/** Whether the lists are not part of the layer. */
const cached = (run: Run): boolean =>
  mountsCache(run, '/var/lib/apt/lists') || (mountsCache(run, '/var/lib/apt') && mountsCache(run, '/var/cache/apt'));

/** Whether a later RUN installs from the lists without fetching them again. A stage built on this one may be any later one. */
function isReadLater(items: readonly Item[], { line }: Item['at']): boolean {
  const later = items.flatMap(({ content, at }) => (content.name === 'RUN' && at.line > line ? [content.arguments.script.commands] : []));
  return later.some((commands) => {
    const reader = commands.findIndex((command) => UPDATERS.includes(command.name) && hasArg(command, ...READERS));
    const update = commands.findIndex((command) => UPDATERS.includes(command.name) && hasArg(command, 'update'));
    return reader !== -1 && (update === -1 || update > reader);
  });
}

/** What `apt-get` looks into the lists for. */
const READERS = ['build-dep', 'dist-upgrade', 'download', 'full-upgrade', 'install', 'source', 'upgrade'];
