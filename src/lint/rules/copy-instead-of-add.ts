import { rule } from '../types.ts';
import { reportAt, withoutQuotes } from './parts/hadolint.ts';
import { isArchive } from './parts/archives.ts';
import type { Fix } from '../types.ts';
import type { Content, ReadInstruction } from '../reading/index.ts';
import { replace } from '../../dockerfile/index.ts';

const isUrl = (path: string): boolean => /^https?:\/\//.test(withoutQuotes(path));
/** Whether ADD may do more with it: unpack or fetch it, whatever a variable says, or a pattern stands for. */
const isSpecial = (path: string): boolean =>
  isArchive(path) || /:|^["']?\$|[*?[](?!.*\.\w+$)|\.(?:tar|t[a-z]z2?|[xg]z|bz2|zst)/i.test(path.replaceAll(/\$\{[^{}]*\}/g, '$x'));

export const copyInsteadOfAdd = rule({
  id: 'copy-instead-of-add',
  aliases: ['DL3020'],
  presets: ['hadolint'],
  severity: 'error',
  fixes: 'safe',
  summary: 'COPY takes files in, ADD only archives and addresses.',
  why: 'ADD unpacks and downloads; who reads COPY knows that nothing of that happens.',
  source: 'hadolint, "DL3020"',
  examples: [
    { text: 'FROM alpine:3.20\nADD «app /srv/»\n', fixed: 'FROM alpine:3.20\nCOPY app /srv/\n' },
    {
      text: 'FROM alpine:3.20\nADD «bin/app-$TARGETARCH lib/*.so /srv/»\n',
      fixed: 'FROM alpine:3.20\nCOPY bin/app-$TARGETARCH lib/*.so /srv/\n',
    },
    { text: 'FROM alpine:3.20\nADD «$APP app* /srv/»\n' },
    { text: 'FROM alpine:3.20\nADD app.tar.gz https://example.org/x /srv/\n' },
  ],
  *detect({ reading }) {
    for (const at of reading.instructions) {
      if (at.name !== 'ADD' || at.sources.every((path) => isArchive(path) || isUrl(path))) continue;
      yield reportAt(at, 'ADD does nothing here that COPY does not', undefined, asCopy(at));
    }
  },
});

/** Only where ADD and COPY do the same for certain. */
function asCopy(at: ReadInstruction<Extract<Content, { name: 'ADD' }>>): Fix | undefined {
  const { instruction, sources } = at;
  if (instruction === undefined || instruction.name !== 'ADD' || sources.some(isSpecial)) return undefined;
  if (instruction.flags.some(({ name }) => name !== 'chown' && name !== 'chmod' && name !== 'link')) return undefined;
  const copy = instruction.keyword === 'add' ? 'copy' : 'COPY';
  return { title: 'write COPY', edits: [replace(instruction.keywordSpan, copy)] };
}
