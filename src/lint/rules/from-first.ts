import { rule } from '../types.ts';
import { reportAt } from './parts/hadolint.ts';

export const fromFirst = rule({
  id: 'from-first',
  aliases: ['DL3061'],
  presets: ['hadolint'],
  severity: 'error',
  fixes: 'none',
  summary: 'A Dockerfile begins with FROM; only ARG may stand before it.',
  why: 'Anything else belongs to no stage, and the build stops there.',
  source: 'hadolint, "DL3061"',
  examples: [{ text: 'LABEL «a=b»\nFROM alpine:3.20\n' }, { text: 'ARG A=1\nFROM alpine:$A\n' }],
  *detect({ reading }) {
    for (const at of reading.instructions) {
      if (at.name === 'FROM') return;
      if (at.name !== 'ARG' && at.name !== 'comment' && at.name !== 'directive')
        yield reportAt(at, `${at.name} stands before the first FROM`);
    }
  },
});
