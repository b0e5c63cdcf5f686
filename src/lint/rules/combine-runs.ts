import { rule } from '../types.ts';
import type { ReadInstruction } from '../reading/index.ts';
import { reportAt, type Run } from './parts/hadolint.ts';
import { mergeRuns } from './parts/merge.ts';

export const combineRuns = rule({
  id: 'combine-runs',
  aliases: ['DL3059'],
  presets: ['hadolint'],
  severity: 'info',
  fixes: 'safe',
  summary: 'Short RUNs that follow one another are one RUN.',
  why: 'Each is a layer of its own.',
  source: 'hadolint, "DL3059"',
  examples: [
    { text: 'FROM alpine:3.20\nRUN a\nRUN «b»\n', fixed: 'FROM alpine:3.20\nRUN a \\\n    && b\n' },
    { text: 'FROM alpine:3.20\nRUN a\nRUN «["b", "$c"]»\n', fixed: "FROM alpine:3.20\nRUN a \\\n    && b '$c'\n" },
    { text: 'FROM alpine:3.20\nRUN a\nRUN «b &»\n' },
    { text: 'FROM alpine:3.20\nRUN a && b\nRUN c\n' },
    { text: 'FROM alpine:3.20\nRUN a\nCOPY b /c\nRUN d\n' },
  ],
  *detect(subject) {
    let before: { readonly flags: string; readonly single: boolean } | undefined;
    let previous: ReadInstruction<Run> | undefined;
    for (const at of subject.reading.instructions) {
      if (at.name === 'comment') continue;
      if (at.name !== 'RUN') {
        before = undefined;
        continue;
      }
      // With several commands somebody has thought of it.
      const single = at.arguments.script.commands.length < 2;
      if (before !== undefined && before.flags === at.flags && before.single && single)
        yield reportAt(at, 'this RUN could go on the one before it', undefined, previous && mergeRuns(subject, previous, at));
      else before = { flags: at.flags, single };
      previous = at;
    }
  },
});
