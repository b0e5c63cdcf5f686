import { heredocContent, heredocMarker, jsonStrings } from './shell-arguments.ts';
import type { Source } from './source.ts';

/** Flags with a value, and those that may go without one. */
const FLAGS = {
  COPY: { valued: ['from', 'chown', 'chmod', 'exclude'], plain: ['link', 'parents'] },
  ADD: { valued: ['checksum', 'chown', 'chmod', 'exclude'], plain: ['link', 'keep-git-dir', 'unpack'] },
} as const;

export interface Paths {
  readonly sources: readonly string[];
  readonly target: string;
  readonly from: string | undefined;
}

/** What COPY and ADD are given. */
export function copiedPaths(source: Source, name: 'COPY' | 'ADD'): Paths {
  const flags = readFlags(source, name);
  const paths = (name === 'COPY' && source.sees('<<') ? source.attempt(heredocs) : undefined) ?? fileList(source);
  return { ...paths, from: flags.get('from') };
}

function readFlags(source: Source, name: 'COPY' | 'ADD'): ReadonlyMap<string, string> {
  const flags = new Map<string, string>();
  while (source.sees('--')) {
    const flag = source.attempt(() => readFlag(source, name));
    if (flag === undefined) break;
    // Only `--exclude` may be there twice.
    if (flags.has(flag.name) && flag.name !== 'exclude') source.refuse();
    flags.set(flag.name, flag.value);
    if (!source.skipSpace()) break;
  }
  // What is no flag that hadolint knows.
  if (source.sees('--') && (name === 'ADD' || source.match(/--[^\s=]+=/y) !== undefined)) source.refuse();
  return flags;
}

function readFlag(source: Source, name: 'COPY' | 'ADD'): { readonly name: string; readonly value: string } {
  source.expect('--');
  for (const valued of FLAGS[name].valued) {
    if (!source.skip(`${valued}=`)) continue;
    return { name: valued, value: source.word() };
  }
  for (const plain of FLAGS[name].plain) {
    if (!source.skip(plain)) continue;
    const value = ['=true', '=false'].find((text) => source.skip(text)) ?? '';
    return { name: plain, value };
  }
  return source.refuse();
}

function heredocs(source: Source): Omit<Paths, 'from'> {
  const sources = [heredocMarker(source)];
  source.blanks();
  while (source.sees('<<')) {
    sources.push(heredocMarker(source));
    source.blanks();
  }
  const target = source.restOfLine().text;
  heredocContent(source, sources.at(-1) ?? '');
  return { sources, target };
}

function fileList(source: Source): Omit<Paths, 'from'> {
  const paths = (source.char === '[' ? source.attempt(() => jsonStrings(source, () => source.literal('"'))) : undefined) ?? words(source);
  const target = paths.at(-1);
  if (target === undefined || paths.length < 2) source.refuse();
  return { sources: paths.slice(0, -1), target: target ?? '' };
}

function words(source: Source): readonly string[] {
  const found = [source.word()];
  while (source.skipSpace()) {
    const word = source.attempt(() => source.word());
    if (word === undefined) break;
    found.push(word);
  }
  return found;
}
