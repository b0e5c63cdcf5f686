import { replace, wordsOf } from '../../dockerfile/index.ts';
import { rule } from '../types.ts';
import { casingOf } from './parts/casing.ts';
import { fromWords, readFroms } from './parts/from.ts';

export const fromAsCasing = rule({
  id: 'from-as-casing',
  aliases: ['FromAsCasing'],
  presets: ['buildkit'],
  severity: 'style',
  fixes: 'safe',
  summary: 'FROM and its AS are written in the same case.',
  why: 'A keyword in another case reads like a name.',
  source: 'BuildKit, "FromAsCasing"',
  examples: [
    { text: 'FROM alpine «as» build\n', fixed: 'FROM alpine AS build\n' },
    { text: 'from alpine «AS» build\n', fixed: 'from alpine as build\n' },
    { text: 'From alpine as build\n' },
  ],
  *detect({ evaluation }) {
    for (const from of readFroms(evaluation)) {
      const as = fromWords(from)[1];
      const casing = casingOf(from.keyword);
      // Any second word of three or more, as BuildKit has it.
      if (as === undefined || wordsOf(from.args).length < 3 || casing === 'mixed') continue;
      const wanted = casing === 'lower' ? as.text.toLowerCase() : as.text.toUpperCase();
      if (wanted === as.text) continue;
      yield {
        span: as.span,
        message: `\`${as.text}\` is in another case than \`${from.keyword}\``,
        instruction: from,
        comments: from.comments,
        fix: { title: `write \`${wanted}\``, edits: [replace(as.span, wanted)] },
      };
    }
  },
});
