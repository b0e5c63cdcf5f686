import { rule } from '../types.ts';
import { readFroms, stageWord } from './parts/from.ts';
import { reached } from './parts/reached.ts';

export const reservedStageName = rule({
  id: 'reserved-stage-name',
  aliases: ['ReservedStageName'],
  presets: ['buildkit', 'recommended'],
  // It builds all the same.
  shippedOnly: true,
  severity: 'error',
  fixes: 'none',
  summary: 'No stage is named `scratch` or `context`.',
  why: 'Both names mean something else to BuildKit: the empty image and the files of the build.',
  source: 'BuildKit, "ReservedStageName"',
  examples: [{ text: 'FROM alpine AS «scratch»\n' }, { text: 'FROM scratch AS empty\n' }],
  mentions: /\b(?:scratch|context)\b/i,
  *detect({ evaluation }) {
    if (!reached(evaluation, 'stages')) return;
    for (const from of readFroms(evaluation)) {
      const word = stageWord(from);
      const name = word?.text.toLowerCase();
      if (word === undefined || (name !== 'scratch' && name !== 'context')) continue;
      yield { span: word.span, message: `\`${name}\` is reserved and cannot name a stage`, instruction: from };
    }
  },
});
