import { fileSeen, pathSeen, type Files, normalizedName } from '../../../base/index.ts';

/** A package of the repository, as far as the resolution is concerned. */
export interface LocalNeeds {
  /** PEP 503. */
  readonly name: string;
  /** PEP 508, as its own metadata has them. */
  readonly requires: readonly string[];
}

/** The normalised name that a requirement begins with. */
export const nameIn = (requirement: string): string => normalizedName(/^[A-Za-z0-9._-]+/.exec(requirement.trim())?.[0] ?? '');

/** Requirements without the lines that name a folder: `-e ../lib`, `./lib`, `lib @ file:../lib`. Lines that are kept stay as they are. */
export const withoutLocal = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !isLocal(line))
    .join('\n');

function isLocal(line: string): boolean {
  const [first = '', second = ''] = line.trim().split(/\s+/);
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
