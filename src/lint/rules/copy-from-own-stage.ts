import { rule } from '../types.ts';
import { reportAt } from './parts/hadolint.ts';
import { fromFlag } from './parts/spans.ts';

export const copyFromOwnStage = rule({
  id: 'copy-from-own-stage',
  aliases: ['DL3023'],
  presets: ['hadolint'],
  severity: 'error',
  fixes: 'none',
  summary: 'COPY --from names another stage than its own.',
  why: 'A stage cannot copy from itself: it is not built yet.',
  source: 'hadolint, "DL3023"',
  examples: [
    { text: 'FROM alpine:3.20 AS a\nCOPY «--from=a /a /b»\n' },
    { text: 'FROM alpine:3.20 AS a\nFROM alpine:3.20\nCOPY --from=a /a /b\n' },
  ],
  *detect({ reading }) {
    let alias: string | undefined;
    for (const at of reading.instructions) {
      if (at.name === 'FROM') ({ alias } = at.base);
      if (at.name !== 'COPY' || at.from === undefined || at.from !== alias) continue;
      yield reportAt(at, `\`${at.from}\` is the stage itself`, at.instruction && fromFlag(at.instruction));
    }
  },
});
