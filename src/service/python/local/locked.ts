import { certain, pathSeen, shortestPath, type Fact, normalizedName } from '../../../base/index.ts';
import { folderOf, type Repository } from '../../repository.ts';
import type { DependencySets, DependencySource, LocalPackage } from '../../types.ts';
import { at, entryAt, isProblem, itemsAt, parseToml, stringAt, type Toml, type TomlFile } from '../manifests/toml.ts';
import { folderIn, uvLockOf } from '../manifests/workspace.ts';

type Found = readonly Fact<LocalPackage>[];

/** The packages of the repository that a lock installs. */
export async function lockedLocals(source: DependencySource, sets: DependencySets, repository: Repository): Promise<Found> {
  if (source.kind === 'uv.lock') return uvLocals(sets, repository);
  if (source.kind === 'Pipfile.lock') return pipfileLocals(source.file, repository);
  const file = 'file' in source ? await repository.text(source.file) : undefined;
  const lock = file && parseToml(file);
  if (!lock || isProblem(lock)) return [];
  if (source.kind === 'poetry.lock') return itemsAt(lock.root, 'package').flatMap((p) => poetryLocal(p, lock, repository));
  if (source.kind === 'pdm.lock') return itemsAt(lock.root, 'package').flatMap((p) => pdmLocal(p, lock, repository));
  if (source.kind === 'pylock.toml')
    return itemsAt(lock.root, 'packages').flatMap((p) => localAt(stringAt(p, 'directory', 'path'), p, lock, repository));
  return [];
}

/** From the service's own package along what each needs, by the extras that it is asked for; a member that builds nothing is passed through. */
async function uvLocals(sets: DependencySets, repository: Repository): Promise<Found> {
  const found = await uvLockOf(repository);
  if (!found || isProblem(found) || !found.own) return [];
  const { lock, own } = found;
  const packages = itemsAt(lock.root, 'package');
  const seen = new Map<Toml, Set<string>>();
  const visit = (each: Toml, extras: readonly string[], groups: readonly string[] = []): void => {
    const before = seen.get(each);
    const fresh = extras.filter((extra) => !before?.has(extra));
    if (before && fresh.length === 0) return;
    seen.set(each, new Set([...(before ?? []), ...fresh]));
    const wanted = [
      ...(before ? [] : itemsAt(each, 'dependencies')),
      ...fresh.flatMap((extra) => itemsAt(each, 'optional-dependencies', extra)),
      ...groups.flatMap((group) => itemsAt(each, 'dev-dependencies', group)),
    ];
    for (const one of wanted) for (const next of packages) if (nameOf(next) === nameOf(one)) visit(next, stringsAt(one, 'extra'));
  };
  visit(own, sets.extras, sets.groups);
  return [...seen].flatMap(([each, extras]): Found => {
    const folder = folderIn(each, lock, repository);
    if (each === own || folder === undefined || stringAt(each, 'source', 'virtual') !== undefined) return [];
    return [certain(localPackage(nameOf(each), folder, extras), lock.file.at(entryAt(each, ['name'])?.span ?? each))];
  });
}

const stringsAt = (toml: Toml, key: string): string[] => itemsAt(toml, key).flatMap((item) => (item.kind === 'string' ? [item.value] : []));

/** With its name and its extras as PEP 503 and PEP 685 write them. */
export function localPackage(name: string, folder: string, extras: Iterable<string>): LocalPackage {
  const wanted = [...new Set([...extras].map(normalizedName))].toSorted();
  return { name: normalizedName(name), folder, ...(wanted.length > 0 ? { extras: wanted } : {}) };
}

const nameOf = (p: Toml): string => normalizedName(stringAt(p, 'name')?.value ?? '');

/** Only of the main group; older locks name none. */
function poetryLocal(p: Toml, lock: TomlFile, repository: Repository): Found {
  if (stringAt(p, 'source', 'type')?.value !== 'directory' || !isIn(p, 'main')) return [];
  return localAt(stringAt(p, 'source', 'url'), p, lock, repository);
}

const pdmLocal = (p: Toml, lock: TomlFile, repository: Repository): Found =>
  isIn(p, 'default') ? localAt(stringAt(p, 'path'), p, lock, repository) : [];

const isIn = (p: Toml, group: string): boolean =>
  at(p, ['groups']) === undefined || itemsAt(p, 'groups').some((g) => g.kind === 'string' && g.value === group);

function localAt(path: { readonly value: string } | undefined, p: Toml, { file }: TomlFile, { place }: Repository): Found {
  const seen = path && pathSeen(folderOf(file.path), path.value);
  if (seen === undefined || isArchive(seen)) return [];
  return [certain({ name: nameOf(p), folder: shortestPath(place, seen) }, file.at(entryAt(p, ['name'])?.span ?? p))];
}

/** A wheel or an archive that lies in the repository is no folder with sources. */
export const isArchive = (path: string): boolean => /\.(whl|zip|tar(\.\w+)?|tgz)$/.test(path);

async function pipfileLocals(path: string, repository: Repository): Promise<Found> {
  const file = await repository.text(path);
  const lock = file && (JSON.parse(file.text) as { readonly default?: Readonly<Record<string, { readonly path?: string }>> });
  return Object.entries(lock?.default ?? {}).flatMap(([name, { path: folder }]): Found => {
    const seen = folder === undefined || isArchive(folder) ? undefined : pathSeen('', folder);
    if (!file || seen === undefined) return [];
    const from = file.text.indexOf(`"${name}"`);
    return [
      certain({ name: normalizedName(name), folder: shortestPath(repository.place, seen) }, file.at({ from, to: from + name.length + 2 })),
    ];
  });
}
