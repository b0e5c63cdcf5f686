import { rule } from '../types.ts';
import { reportAt, withoutQuotes } from './parts/hadolint.ts';
import { fromFlag } from './parts/spans.ts';

export const copyFromKnownStage = rule({
  id: 'copy-from-known-stage',
  aliases: ['DL3022'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: 'COPY --from names a stage, or an image with its tag.',
  why: 'A name that is no stage is looked for in a registry.',
  source: 'hadolint, "DL3022"',
  examples: [
    { text: 'FROM alpine:3.20\nCOPY «--from=build /a /b»\n' },
    { text: 'FROM alpine:3.20 AS build\nFROM scratch\nCOPY --from=build /a /b\nCOPY --from=0 /a /c\nCOPY --from=alpine:3.20 /a /d\n' },
  ],
  *detect({ reading }) {
    const names = new Set<string>();
    let count = 0;
    for (const at of reading.instructions) {
      if (at.name === 'FROM') {
        count += 1;
        if (at.base.alias !== undefined) names.add(at.base.alias);
      }
      if (at.name !== 'COPY' || at.from === undefined) continue;
      const number = /^[0-9]+/.exec(at.from)?.[0];
      if (withoutQuotes(at.from).includes(':') || names.has(at.from) || (number !== undefined && Number(number) < count)) continue;
      yield reportAt(at, `no stage \`${at.from}\` stands before this`, at.instruction && fromFlag(at.instruction));
    }
  },
});
