import { parseTOML, getStaticTOMLValue } from 'toml-eslint-parser';
import { UserError } from '../../../../base/index.ts';
import { normalise, requirementLine } from './line.ts';

interface PoetryPackage {
  readonly name: string;
  readonly version: string;
  readonly groups?: readonly string[];
  readonly markers?: string | Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, unknown>>;
  readonly files?: readonly { readonly hash: string }[];
  readonly source?: { readonly type: string };
}

/**
 * poetry.lock as a requirements file with hashes: the main group only. Locks from poetry 2 name the groups of each
 * package; older ones are walked from the direct dependencies. `local`: packages of the repository, which are built. Throws UserError for a package that no index has.
 */
export function poetryRequirements(text: string, file: string, direct: readonly string[], local: ReadonlySet<string> = new Set()): string {
  const lock = getStaticTOMLValue(parseTOML(text)) as {
    readonly package?: readonly PoetryPackage[];
    readonly metadata?: { readonly files?: Readonly<Record<string, readonly { readonly hash: string }[]>> };
  };
  const packages = new Map((lock.package ?? []).map((p) => [normalise(p.name), p]));
  const wanted = reachable(packages, direct.map(normalise), file);
  const isMain = (p: PoetryPackage): boolean => p.groups === undefined || p.groups.includes('main');
  const lines = [...packages].filter(([name, p]) => wanted.has(name) && isMain(p) && !local.has(name));
  return lines
    .map(([name, p]) => lineOf(p, p.files ?? lock.metadata?.files?.[p.name] ?? lock.metadata?.files?.[name] ?? [], file))
    .join('');
}

function reachable(packages: ReadonlyMap<string, PoetryPackage>, direct: readonly string[], file: string): Set<string> {
  const seen = new Set<string>();
  const queue = [...direct];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name)) continue;
    const found = packages.get(name);
    if (!found && direct.includes(name))
      throw new UserError(`${file} does not have \`${name}\`, which pyproject.toml asks for`, 'run `poetry lock`', { file });
    seen.add(name);
    queue.push(...Object.keys(found?.dependencies ?? {}).map(normalise));
  }
  return seen;
}

function lineOf(p: PoetryPackage, files: readonly { readonly hash: string }[], file: string): string {
  if (p.source && p.source.type !== 'legacy')
    throw new UserError(
      `${file}: \`${p.name}\` comes from ${p.source.type}, not from a package index`,
      'publish it to an index; git, path and URL dependencies are not installed yet',
      { file },
    );
  const marker = typeof p.markers === 'string' ? p.markers : p.markers?.['main'];
  if (files.length === 0)
    throw new UserError(`${file} has no hashes for \`${p.name}\``, 'run `poetry lock` with poetry 1.3 or newer', { file });
  return requirementLine({ name: p.name, version: p.version, marker, hashes: files.map(({ hash }) => hash) });
}
