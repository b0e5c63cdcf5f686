import { replace, type Dockerfile } from '../../dockerfile/index.ts';
import type { ReadInstruction } from '../reading/index.ts';
import { rule, type Fix } from '../types.ts';
import { reportAt, withoutQuotes } from './parts/hadolint.ts';

export const copyIntoFolder = rule({
  id: 'copy-into-folder',
  aliases: ['DL3021'],
  presets: ['hadolint'],
  severity: 'error',
  fixes: 'safe',
  summary: 'Several files are copied into a folder that ends in `/`.',
  why: 'Without it the build stops, or a file is written under the folder’s name.',
  source: 'hadolint, "DL3021"',
  examples: [
    { text: 'FROM alpine:3.20\nCOPY «a b /srv»\n', fixed: 'FROM alpine:3.20\nCOPY a b /srv/\n' },
    { text: 'FROM alpine:3.20\nCOPY a b /srv/\n' },
  ],
  *detect({ file, reading }) {
    for (const at of reading.instructions) {
      if (at.name !== 'COPY' || at.sources.length < 2 || withoutQuotes(at.target).endsWith('/')) continue;
      yield reportAt(at, 'several files are copied to what does not end in `/`', undefined, withSlash(file, at));
    }
  },
});

/** BuildKit refuses several files without the `/`, unless a variable holds it. */
function withSlash({ text }: Dockerfile, { instruction }: ReadInstruction): Fix | undefined {
  const word = instruction?.args.form === 'words' ? instruction.args.words.at(-1) : undefined;
  if (word === undefined || text.slice(word.span.start, word.span.end) !== word.text || !/[\w.}-]$/.test(word.text)) return undefined;
  return { title: 'end it in `/`', edits: [replace({ start: word.span.end, end: word.span.end }, '/')] };
}
