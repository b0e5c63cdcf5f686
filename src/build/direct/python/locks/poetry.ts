import { parseTOML, getStaticTOMLValue } from 'toml-eslint-parser';
import { UserError, normalizedName } from '../../../../base/index.ts';
import type { DependencySets } from '../../../../plan/index.ts';
import { gitUrl, requirementLine, type LockQuery } from './line.ts';
import { markerFor } from './set-markers.ts';

interface PoetryPackage {
  readonly name: string;
  readonly version: string;
  readonly groups?: readonly string[];
  readonly markers?: string | Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, unknown>>;
  readonly files?: readonly { readonly hash: string }[];
  readonly source?: {
    readonly type: string;
    readonly url?: string;
    readonly resolved_reference?: string;
    readonly subdirectory?: string;
  };
}

/**
 * poetry.lock as a requirements file with hashes: the main group and the chosen ones. Locks from poetry 2 name the groups of each
 * package; older ones are walked from the direct dependencies. `local`: packages of the repository, which are built. Throws UserError for a package that no index has.
 */
export function poetryRequirements(text: string, file: string, { sets, direct = [], local = new Set() }: LockQuery): string {
  const lock = getStaticTOMLValue(parseTOML(text)) as {
    readonly package?: readonly PoetryPackage[];
    readonly metadata?: { readonly files?: Readonly<Record<string, readonly { readonly hash: string }[]>> };
  };
  const packages = new Map((lock.package ?? []).map((p) => [normalizedName(p.name), p]));
  const wanted = reachable(packages, direct.map(normalizedName), file);
  const groups = ['main', ...sets.groups];
  return [...packages]
    .flatMap(([name, p]) => {
      const marker = wanted.has(name) && !local.has(name) ? markerOf(p, groups, sets) : undefined;
      return marker === undefined
        ? []
        : [lineOf(p, marker, p.files ?? lock.metadata?.files?.[p.name] ?? lock.metadata?.files?.[name] ?? [], file)];
    })
    .join('');
}

/** Where a package is wanted: in one of the groups, and each may have a marker of its own. Undefined: nowhere. */
function markerOf({ groups = ['main'], markers = '' }: PoetryPackage, wanted: readonly string[], sets: DependencySets): string | undefined {
  const said = groups
    .filter((group) => wanted.includes(normalizedName(group)))
    .flatMap((group) => markerFor(typeof markers === 'string' ? markers : (markers[group] ?? ''), sets) ?? []);
  if (said.length === 0) return undefined;
  const distinct = [...new Set(said)];
  return distinct.includes('') ? '' : distinct.length === 1 ? distinct[0] : distinct.map((marker) => `(${marker})`).join(' or ');
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
    queue.push(...Object.keys(found?.dependencies ?? {}).map(normalizedName));
  }
  return seen;
}

function lineOf(p: PoetryPackage, marker: string, files: readonly { readonly hash: string }[], file: string): string {
  const { type, url: address = '', resolved_reference: commit, subdirectory } = p.source ?? {};
  if (type === 'git' && commit !== undefined)
    return requirementLine({ ...p, marker, url: gitUrl(address, commit, subdirectory), hashes: [] });
  const url = type === 'url' ? address : undefined;
  if (p.source && type !== 'legacy' && url === undefined)
    throw new UserError(
      `${file}: \`${p.name}\` comes from ${type}, not from a package index`,
      'publish a wheel to an index, or name one by its URL: nothing is built',
      { file },
    );
  if (files.length === 0)
    throw new UserError(`${file} has no hashes for \`${p.name}\``, 'run `poetry lock` with poetry 1.3 or newer', { file });
  return requirementLine({ name: p.name, version: p.version, marker, url, hashes: files.map(({ hash }) => hash) });
}
