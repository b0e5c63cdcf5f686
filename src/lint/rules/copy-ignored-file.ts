import { cleanPath, heredocOnly } from '../../dockerfile/index.ts';
import { rule } from '../types.ts';

export const copyIgnoredFile = rule({
  id: 'copy-ignored-file',
  aliases: ['CopyIgnoredFile'],
  presets: ['buildkit', 'recommended'],
  severity: 'error',
  fixes: 'none',
  summary: 'What is copied is not left out by .dockerignore.',
  why: 'The file is not there when the image is built: the build fails, or copies nothing.',
  source: 'BuildKit, "CopyIgnoredFile"',
  examples: [
    { text: 'FROM alpine\nCOPY «dist» /srv/\n', ignore: 'dist\n' },
    { text: 'FROM alpine\nCOPY dist /srv/\n', ignore: 'dist\n!dist/app.js\n' },
    { text: 'FROM alpine AS build\nFROM alpine\nCOPY --from=build dist /srv/\n', ignore: 'dist\n' },
  ],
  *detect({ evaluation, ignored }) {
    if (ignored === undefined) return;
    for (const { instruction, words, fromContext, trigger, span, startLine, endLine } of evaluation.steps) {
      const { name, args } = instruction;
      if ((name !== 'COPY' && name !== 'ADD') || !fromContext) continue;
      const written = args.form === 'words' || args.form === 'exec' ? args.words.filter((word) => !heredocOnly(word.text)) : [];
      for (const [i, source] of words.entries()) {
        if (isRemote(source) || !ignored(cleanPath(source))) continue;
        yield {
          span: trigger ? span : (written[i]?.span ?? span),
          message: `.dockerignore leaves \`${cleanPath(source)}\` out, and ${name} needs it`,
          instruction,
          lines: { start: startLine, end: endLine },
          comments: instruction.comments,
        };
      }
    }
  },
});

const isRemote = (source: string): boolean => /^(?:[a-z]+:\/\/|[\w-]+@[\w.-]+:)/i.test(source);
