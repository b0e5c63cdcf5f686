import { rule } from '../types.ts';
import { fromWords } from './parts/from.ts';
import { didYouMean } from './parts/suggestion.ts';

export const undefinedArgInFrom = rule({
  id: 'undefined-arg-in-from',
  aliases: ['UndefinedArgInFrom'],
  presets: ['buildkit', 'recommended'],
  severity: 'error',
  fixes: 'none',
  summary: 'FROM uses ARGs that are declared before the first FROM.',
  why: 'Any other variable is empty there: the build takes another image than the one meant, or none.',
  source: 'BuildKit, "UndefinedArgInFrom"',
  examples: [
    { text: 'ARG VERSION=3.20\nFROM «alpine:${VERSOIN}»\n' },
    { text: 'ARG VERSION=3.20\nFROM alpine:${VERSION}\n' },
    { text: 'FROM --platform=$BUILDPLATFORM alpine\n' },
  ],
  mentions: /\$/,
  *detect({ evaluation }) {
    for (const { from, base, platform } of evaluation.stages) {
      const flag = from.flags.find((f) => f.name === 'platform');
      for (const [use, span] of [
        [base, fromWords(from)[0]?.span],
        [platform, flag?.span],
      ] as const) {
        for (const name of use?.undefinedNames ?? []) {
          yield {
            span: span ?? from.span,
            message: `\`${name}\` is not declared before the first FROM${didYouMean(name, use?.known ?? [])}`,
            instruction: from,
            comments: from.comments,
          };
        }
      }
    }
  },
});
