import { markerFor } from './locks/set-markers.ts';
import { fileSeen, pathSeen, splitWords, type Files, normalizedName } from '../../../base/index.ts';

/** A package of the repository, as far as the resolution is concerned. */
export interface LocalNeeds {
  /** PEP 503. */
  readonly name: string;
  /** Of its own extras those that are asked for. */
  readonly extras: readonly string[];
  /** PEP 508, as its own metadata has them, for its extras too. */
  readonly requires: readonly string[];
}

/**
 * What the packages need of others, by the extras that they are asked for: by the service, by each other, and by
 * themselves (`all` is often `lib[fast,safe]`).
 */
export function needsOf(local: readonly LocalNeeds[]): string[] {
  const extras = new Map(local.map((each) => [each.name, new Set(each.extras)]));
  const needed = (): { name: string; requires: string }[] =>
    local.flatMap(({ name, requires }) => requires.flatMap((line) => askedFor(line, [...(extras.get(name) ?? [])])));
  for (let count = -1; count !== sizeOf(extras);) {
    count = sizeOf(extras);
    for (const { name, requires } of needed()) for (const extra of extrasIn(requires)) extras.get(name)?.add(extra);
  }
  return needed().flatMap(({ name, requires }) => (extras.has(name) ? [] : [requires]));
}

const sizeOf = (sets: ReadonlyMap<string, ReadonlySet<string>>): number => [...sets.values()].reduce((sum, { size }) => sum + size, 0);

/** A line of metadata without what its marker says of extras; none: it is for others. */
function askedFor(line: string, extras: readonly string[]): { name: string; requires: string }[] {
  const [, head = '', written] = /^(\S+\s*@\s*\S+|[^;]+?)\s*(?:;(.*))?$/.exec(line.trim()) ?? [];
  const marker = written === undefined ? '' : markerFor(written, { extras, groups: [] });
  if (head === '' || marker === undefined) return [];
  return [{ name: nameIn(head), requires: marker === '' ? head : `${head}; ${marker}` }];
}

const extrasIn = (requirement: string): string[] =>
  (/^[A-Za-z0-9._-]+\s*\[([^\]]*)\]/.exec(requirement)?.[1] ?? '')
    .split(',')
    .flatMap((extra) => (extra.trim() === '' ? [] : [normalizedName(extra.trim())]));

/** The normalised name that a requirement begins with. */
const nameIn = (requirement: string): string => normalizedName(/^[A-Za-z0-9._-]+/.exec(requirement.trim())?.[0] ?? '');

/** Requirements without the lines that name a folder: `-e ../lib`, `./lib`, `lib @ file:../lib`. Lines that are kept stay as they are. */
export const withoutLocal = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !isLocal(line))
    .join('\n');

function isLocal(line: string): boolean {
  const isQuoted = /^\s*-[^;]*['"]/.test(line);
  const [first = '', second = ''] = (isQuoted ? splitWords(line.trim().replace(/\s;.*$/, '')) : undefined) ?? line.trim().split(/\s+/);
  if (first === '-e' || first === '--editable') return isPath(second);
  if (first.startsWith('--editable=')) return isPath(first.slice('--editable='.length));
  return isPath(first) || /^[A-Za-z0-9._-]+(\[[^\]]*\])?\s*@\s*file:/.test(line.trim());
}

/**
 * Requirements without those that name a package by a URL: `name @ https://…`, `-e git+https://…#egg=name`, with the lines
 * that go on. Those by a version stay: what else stays is as it was.
 */
export function withoutNamed(text: string, names: ReadonlySet<string>): string {
  if (names.size === 0) return text;
  const kept: string[] = [];
  let isGone = false;
  let goesOn = false;
  for (const line of text.split('\n')) {
    if (!goesOn) isGone = names.has(nameByUrl(line));
    goesOn = /\\\r?$/.test(line);
    if (!isGone) kept.push(line);
  }
  return kept.join('\n');
}

function nameByUrl(line: string): string {
  const named = /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*@/.exec(line)?.[1];
  return normalizedName(named ?? /^\s*(?:(?:-e|--editable)[\s=]+)?git\+\S+[#&]egg=([\w.-]+)/.exec(line)?.[1] ?? '');
}

const isPath = (word: string): boolean =>
  !/^[a-z+]+:\/\/(?!\/)/.test(word) && !/\.(whl|zip|tar(\.\w+)?|tgz)$/.test(word) && (/^(\.|file:)/.test(word) || /^[\w.-]+\//.test(word));

/** The manifests that uv wants to see beside a lock: those of all packages in it that lie in the repository, and of its own folder. */
export async function workspaceManifests(lock: string, files: Files): Promise<Record<string, string>> {
  const bytes = await fileSeen(files, lock);
  const text = new TextDecoder().decode(bytes);
  // As uv writes it: to parse a whole lock takes longer than all else here.
  const folders = [...text.matchAll(/^source = \{ (?:editable|virtual|directory) = "([^"]+)" \}$/gm)].map(([, folder = '']) => folder);
  const base = lock.split('/').slice(0, -1).join('/');
  const paths = [...new Set(['', ...folders])].flatMap((folder) => pathSeen(base, `${folder}/pyproject.toml`) ?? []);
  const found = await Promise.all(paths.map(async (path) => [path, await fileSeen(files, path)] as const));
  return Object.fromEntries(found.flatMap(([path, content]) => (content ? [[path, new TextDecoder().decode(content)] as const] : [])));
}
