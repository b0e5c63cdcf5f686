import { rule } from '../types.ts';
import { reportAt } from './parts/hadolint.ts';

export const stageNameReserved = rule({
  id: 'stage-name-reserved',
  aliases: ['DL3063'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: 'No stage is named `scratch` or `context`.',
  why: 'These names mean something else in COPY --from and FROM.',
  source: 'hadolint, "DL3063"',
  examples: [{ text: 'FROM «alpine:3.20 AS scratch»\n' }, { text: 'FROM alpine:3.20 AS build\n' }],
  *detect({ reading }) {
    for (const at of reading.instructions) {
      const alias = at.name === 'FROM' ? at.base.alias : undefined;
      if (alias === 'scratch' || alias === 'context') yield reportAt(at, `\`${alias}\` has a meaning of its own`);
    }
  },
});
