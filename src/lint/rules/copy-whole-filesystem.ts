import { rule } from '../types.ts';
import { reportAt, withoutQuotes } from './parts/hadolint.ts';
import { fromFlag } from './parts/spans.ts';

export const copyWholeFilesystem = rule({
  id: 'copy-whole-filesystem',
  aliases: ['DL3067'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: 'COPY does not take over all files of another stage.',
  why: 'The layer is as large as that stage, and FROM would have done.',
  source: 'hadolint, "DL3067"',
  examples: [
    { text: 'FROM alpine:3.20 AS a\nFROM scratch\nCOPY «--from=a / /»\n' },
    { text: 'FROM alpine:3.20 AS a\nFROM scratch\nCOPY --from=a /srv /srv\n' },
  ],
  *detect({ reading }) {
    for (const at of reading.instructions) {
      if (at.name !== 'COPY' || at.from === undefined) continue;
      if (withoutQuotes(at.target) !== '/' || at.sources.every((path) => withoutQuotes(path) !== '/')) continue;
      yield reportAt(at, `this copies everything that \`${at.from}\` holds`, at.instruction && fromFlag(at.instruction));
    }
  },
});
