import { rule } from '../types.ts';
import { fromWords } from './parts/from.ts';

export const invalidDefaultArgInFrom = rule({
  id: 'invalid-default-arg-in-from',
  aliases: ['InvalidDefaultArgInFrom'],
  presets: ['buildkit'],
  severity: 'warning',
  fixes: 'none',
  summary: 'The base image has a name without build arguments too.',
  why: '`docker build .` fails for everyone who does not know which `--build-arg` is needed.',
  source: 'BuildKit, "InvalidDefaultArgInFrom"',
  examples: [{ text: 'ARG TAG\nFROM «busybox:${TAG}»\n' }, { text: 'ARG TAG=1.36\nFROM busybox:${TAG}\n' }],
  *detect({ evaluation }) {
    for (const from of evaluation.invalidDefaultBases) {
      const word = fromWords(from)[0];
      yield {
        span: word?.span ?? from.span,
        message: `without build arguments \`${word?.text ?? ''}\` is no name of an image`,
        instruction: from,
      };
    }
  },
});
