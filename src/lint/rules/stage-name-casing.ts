import { replace } from '../../dockerfile/index.ts';
import { rule } from '../types.ts';
import { readFroms, stageWord } from './parts/from.ts';

export const stageNameCasing = rule({
  id: 'stage-name-casing',
  aliases: ['StageNameCasing'],
  presets: ['buildkit'],
  severity: 'style',
  fixes: 'safe',
  summary: 'Names of stages are written in lower case.',
  why: 'BuildKit compares them in lower case: `Build` and `build` are the same stage, which a reader does not expect.',
  source: 'BuildKit, "StageNameCasing"',
  examples: [
    { text: 'FROM alpine AS «Build»\nCOPY --from=Build a b\n', fixed: 'FROM alpine AS build\nCOPY --from=Build a b\n' },
    { text: 'FROM alpine AS build\n' },
  ],
  *detect({ evaluation }) {
    for (const from of readFroms(evaluation)) {
      const word = stageWord(from);
      if (word === undefined || word.text === word.text.toLowerCase()) continue;
      yield {
        span: word.span,
        message: `the name of stage \`${word.text}\` has capitals`,
        instruction: from,
        comments: from.comments,
        fix: { title: 'write the name in lower case', edits: [replace(word.span, word.text.toLowerCase())] },
      };
    }
  },
});
