import { rule } from '../types.ts';
import { didYouMean } from './parts/suggestion.ts';

export const undefinedVar = rule({
  id: 'undefined-var',
  aliases: ['UndefinedVar'],
  presets: ['buildkit'],
  severity: 'warning',
  fixes: 'none',
  summary: 'Variables are set before they are used.',
  why: 'A variable that no ARG or ENV of the stage sets is empty in the image, and nothing says so.',
  source: 'BuildKit, "UndefinedVar"',
  examples: [
    { text: 'FROM alpine\nARG VERSION=1\nCOPY «app-${VERSOIN}.tar» /app/\n' },
    { text: 'FROM alpine\nARG VERSION=1\nCOPY app-${VERSION}.tar /app/\n' },
    { text: 'FROM alpine\nRUN echo "$USER"\n' },
  ],
  *detect({ evaluation }) {
    for (const { instruction, expanded, startLine, endLine } of evaluation.steps) {
      for (const { undefinedNames, known, span } of expanded) {
        for (const name of undefinedNames) {
          yield {
            span,
            message: `\`$${name}\` is not set here${didYouMean(name, known)}`,
            instruction,
            lines: { start: startLine, end: endLine },
            comments: instruction.comments,
          };
        }
      }
    }
  },
});
