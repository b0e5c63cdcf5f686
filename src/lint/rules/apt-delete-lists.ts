import { rule } from '../types.ts';
import { mountsCache, passes, reportAt, spanIn, type Run } from './parts/hadolint.ts';
import { appendCommand } from './parts/layout.ts';
import { LeftUndone } from './parts/stages.ts';
import type { Report, Subject } from '../types.ts';
import type { ReadInstruction } from '../reading/index.ts';
import type { Call } from '../script/index.ts';
import { isCall } from '../shell/index.ts';
import { lineage } from '../stages/index.ts';

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
  *detect(subject) {
    for (const items of passes(subject.reading)) {
      const left = new LeftUndone<Report>();
      for (const { content, at } of items) {
        if (content.name === 'FROM') left.enter(content.base);
        if (content.name !== 'RUN' || cached(content)) continue;
        const { commands } = content.arguments.script;
        const update = commands.find((command) => UPDATERS.some((name) => isCall(command, name, 'update')));
        if (update === undefined || commands.some((command) => isCall(command, 'rm', '-rf', '/var/lib/apt/lists/*'))) continue;
        const fix = isReadLater(subject, at) ? undefined : appendCommand(subject.file, at, content, 'rm -rf /var/lib/apt/lists/*');
        left.remember(reportAt(at, 'the lists in /var/lib/apt/lists stay in the layer', spanIn(content, update), fix));
      }
      yield* left.counting;
    }
  },
});

/** Whether the lists are not part of the layer. */
const cached = (run: Run): boolean =>
  mountsCache(run, '/var/lib/apt/lists') || (mountsCache(run, '/var/lib/apt') && mountsCache(run, '/var/cache/apt'));

/** Whether a later RUN of the stage, or of one that is built on it, installs from the lists without fetching them again. */
function isReadLater({ stages }: Subject, at: ReadInstruction): boolean {
  const later = stages
    .filter((stage) => lineage(stage).some(({ steps }) => steps.some(({ instruction }) => instruction === at.instruction)))
    .flatMap(({ steps }) => steps.filter(({ instruction }) => instruction.startLine > at.line));
  return later.some(({ script: { calls } }) => {
    const apt = calls.filter(({ program }) => UPDATERS.includes(program));
    const reader = apt.findIndex((call) => READERS.some((name) => isGiven(call, name)));
    return reader !== -1 && !apt.slice(0, reader).some((call) => isGiven(call, 'update'));
  });
}

const isGiven = ({ args }: Call, name: string): boolean => args.some(({ text }) => text === name);

/** What `apt-get` looks into the lists for. */
const READERS = ['build-dep', 'dist-upgrade', 'download', 'full-upgrade', 'install', 'source', 'upgrade'];
