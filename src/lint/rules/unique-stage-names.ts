import { rule } from '../types.ts';
import { reportAt } from './parts/hadolint.ts';

export const uniqueStageNames = rule({
  id: 'unique-stage-names',
  aliases: ['DL3024'],
  presets: ['hadolint'],
  severity: 'error',
  fixes: 'none',
  summary: 'Each stage has a name of its own.',
  why: 'The later one takes the name; what meant the earlier one gets other files.',
  source: 'hadolint, "DL3024"',
  examples: [{ text: 'FROM alpine:3.20 AS a\nFROM «debian:12 AS a»\n' }, { text: 'FROM alpine:3.20 AS a\nFROM debian:12 AS b\n' }],
  *detect({ reading }) {
    const names = new Set<string>();
    for (const at of reading.instructions) {
      if (at.name !== 'FROM' || at.base.alias === undefined) continue;
      if (names.has(at.base.alias)) yield reportAt(at, `another stage is named \`${at.base.alias}\` too`);
      names.add(at.base.alias);
    }
  },
});
