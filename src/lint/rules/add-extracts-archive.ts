import { rule } from '../types.ts';
import { plain, reportAt, withoutQuotes } from './parts/hadolint.ts';
import { isArchive } from './parts/archives.ts';
import { hasArg, operands, type Command } from '../shell/index.ts';
import type { Content, ReadInstruction } from '../reading/index.ts';

const UNPACKERS = new Set('unzip gunzip bunzip2 unlzma unxz zgz uncompress zcat gzcat'.split(' '));

export const addExtractsArchive = rule({
  id: 'add-extracts-archive',
  aliases: ['DL3010'],
  presets: ['hadolint'],
  severity: 'info',
  fixes: 'none',
  summary: 'ADD unpacks an archive, not COPY and RUN.',
  why: 'The archive stays in its own layer, although it is deleted later.',
  source: 'hadolint, "DL3010"',
  examples: [
    { text: 'FROM alpine:3.20\nCOPY «app.tar.gz /tmp/»\nRUN tar -xzf /tmp/app.tar.gz\n' },
    { text: 'FROM alpine:3.20\nADD app.tar.gz /srv/\n' },
    { text: 'FROM alpine:3.20\nCOPY app.tar.gz /srv/\nRUN ls /srv\n' },
  ],
  *detect({ reading }) {
    const archives: { readonly at: ReadInstruction; readonly name: string }[] = [];
    const extracted = new Set<ReadInstruction>();
    for (const { content, at } of plain(reading)) {
      if (content.name === 'FROM') {
        // hadolint forgets what it found in earlier stages.
        archives.length = 0;
        extracted.clear();
      }
      if (content.name === 'COPY' && content.from === undefined) archives.push(...archivesOf(content).map((name) => ({ at, name })));
      if (content.name !== 'RUN') continue;
      const names = new Set(
        content.arguments.script.commands.filter(extracts).flatMap((command) => operands(command).map(({ text }) => baseName(text))),
      );
      for (const archive of archives) if (names.has(archive.name)) extracted.add(archive.at);
    }
    for (const at of extracted) yield reportAt(at, 'ADD would unpack this archive without leaving it in the image');
  },
});

const baseName = (path: string): string => withoutQuotes(path).split(/[/\\]/).at(-1) ?? '';

/** The names under which the copied archives are found. */
const archivesOf = ({ sources, target }: Extract<Content, { name: 'COPY' }>): readonly string[] =>
  isArchive(target) ? [baseName(target)] : sources.map(baseName).filter(isArchive);

const extracts = (command: Command): boolean =>
  UNPACKERS.has(command.name) ||
  (command.name === 'tar' && (hasArg(command, '--extract', '--get') || command.args.some(({ text }) => /^-.*x/s.test(text))));
