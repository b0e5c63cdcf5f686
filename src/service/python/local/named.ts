import { certain, pathSeen, shortestPath, type Evidence, type Fact, type Place, normalizedName } from '../../../base/index.ts';
import { folderOf, type Repository } from '../../repository.ts';
import type { Span, TextFile } from '../../text.ts';
import type { DependencySets, DependencySource, LocalPackage, Problem } from '../../types.ts';
import { at, entryAt, isProblem, itemsAt, pairsAt, parseToml, stringAt, type TomlFile } from '../manifests/toml.ts';
import { parseRequirements } from '../requirements/file.ts';
import { parseRequirement } from '../requirements/requirement.ts';
import { itemsOfSets } from '../manifests/project-sets.ts';
import { isArchive, localPackage } from './locked.ts';

/** A folder that a manifest names as a dependency. The name is known where it stands there. */
interface Named {
  readonly folder: string;
  readonly name?: string;
  readonly extras: readonly string[];
  readonly at: Evidence;
  readonly place: Place;
}

export interface NamedLocals {
  readonly local: readonly Fact<LocalPackage>[];
  readonly problems: readonly Problem[];
}

/**
 * The packages of the repository that manifests without a lock name, and those that these name: `-e ../lib`,
 * `lib @ file:../lib`, `[tool.uv.sources]`, Poetry's `path`. Sources: pip's manual, “Requirements File Format”; uv's
 * manual, “Dependency sources”; Poetry's manual, “Dependency specification”.
 */
export async function namedLocals(
  source: DependencySource | undefined,
  sets: DependencySets,
  repository: Repository,
): Promise<NamedLocals> {
  const queue: Named[] =
    source?.kind === 'requirements'
      ? (await Promise.all(source.files.map(async (path) => inRequirements(await repository.text(path), repository)))).flat()
      : [];
  if (source?.kind === 'pyproject') queue.push(...inPyproject(await tomlAt('pyproject.toml', repository), sets, repository));
  const local = new Map<string, Fact<LocalPackage>>();
  const problems: Problem[] = [];
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { folder, at: evidence, place } = next;
    const known = local.get(folder);
    const before = known?.value.extras ?? [];
    if (known && next.extras.every((extra) => before.includes(extra))) continue;
    const manifest = await tomlAt(inside(folder, 'pyproject.toml'), repository);
    const isThere = manifest ?? (await repository.text(inside(folder, 'setup.py'))) ?? (await repository.text(inside(folder, 'setup.cfg')));
    if (!isThere) {
      problems.push({
        at: place,
        what: `\`${folder}\` is no package: there is no pyproject.toml and no setup.py, or it lies outside of what may be read`,
        hint: 'mend the path; where it lies outside of the git repository or workspace, name a folder that holds both as `context` in plimsoll.yaml',
        fatal: true,
      });
      continue;
    }
    const name = next.name ?? (manifest && nameIn(manifest)) ?? folder.slice(folder.lastIndexOf('/') + 1);
    const wanted = localPackage(known?.value.name ?? name, folder, [...before, ...next.extras]);
    local.set(folder, certain(wanted, ...(known?.because ?? [evidence])));
    queue.push(...inPyproject(manifest, { extras: wanted.extras ?? [], groups: [] }, repository));
  }
  return { local: [...local.values()], problems };
}

const inside = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);

const nameIn = ({ root }: TomlFile): string | undefined =>
  (stringAt(root, 'project', 'name') ?? stringAt(root, 'tool', 'poetry', 'name'))?.value;

async function tomlAt(path: string, repository: Repository): Promise<TomlFile | undefined> {
  const file = await repository.text(path);
  const toml = file && parseToml(file);
  return toml && !isProblem(toml) ? toml : undefined;
}

/** pip takes a path in a requirements file from where it is called; in `name @ file:` too. */
function inRequirements(file: TextFile | undefined, repository: Repository): readonly Named[] {
  if (!file) return [];
  return parseRequirements(file).flatMap((entry): readonly Named[] => {
    if (entry.kind === 'location') return named(entry.target, entry.span, file, '', repository);
    if (entry.kind !== 'requirement' || entry.requirement.url === undefined) return [];
    return named(entry.requirement.url, entry.requirement.span, file, '', repository, entry.requirement);
  });
}

function inPyproject(found: TomlFile | undefined, sets: DependencySets, repository: Repository): readonly Named[] {
  if (!found) return [];
  const { file, root } = found;
  const folder = folderOf(file.path);
  const items = [...itemsAt(root, 'project', 'dependencies'), ...itemsOfSets(found, sets)].flatMap((item) => {
    const read = item.kind === 'string' ? parseRequirement(item.value, { from: 0, to: item.value.length }) : undefined;
    return read ? [{ item, read }] : [];
  });
  const direct = items.flatMap(({ item, read }) => (read.url === undefined ? [] : named(read.url, item, file, folder, repository, read)));
  const extrasOf = (name: string): string[] | undefined => {
    const asked = items.filter(({ read }) => normalizedName(read.name) === normalizedName(name));
    return asked.length === 0 ? undefined : asked.flatMap(({ read }) => read.extras);
  };
  const sources = pairsAt(root, 'tool', 'uv', 'sources').flatMap(([name, { value }]) => {
    const extras = extrasOf(name);
    return extras ? [{ name, value, extras }] : [];
  });
  const poetry = pairsAt(root, 'tool', 'poetry', 'dependencies').flatMap(([name, { value }]) => {
    const extras = itemsAt(value, 'extras').flatMap((extra) => (extra.kind === 'string' ? [normalizedName(extra.value)] : []));
    return isTrue(at(value, ['optional'])) ? [] : [{ name, value, extras }];
  });
  return [
    ...direct,
    ...[...sources, ...poetry].flatMap((each) => {
      const path = stringAt(each.value, 'path');
      return path ? named(path.value, entryAt(each.value, ['path'])?.span ?? each.value, file, folder, repository, each) : [];
    }),
  ];
}

const isTrue = (toml: ReturnType<typeof at>): boolean => toml?.kind === 'scalar' && toml.value === true;

/** `known`: what stands beside the path. A path in a requirements file has its extras at its end. */
function named(
  written: string,
  span: Span,
  file: TextFile,
  from: string,
  { place }: Repository,
  known: { readonly name?: string; readonly extras: readonly string[] } = { extras: extrasOfPath(written) },
): readonly Named[] {
  const path = pathIn(written);
  const seen = path === undefined || isArchive(path) ? undefined : pathSeen(from, path);
  if (seen === undefined) return [];
  const { name, extras } = known;
  const head = { folder: shortestPath(place, seen), extras, ...(name === undefined ? {} : { name }) };
  return [{ ...head, at: file.at(span), place: file.place(span.from) }];
}

const extrasOfPath = (written: string): string[] =>
  (/\[([^\]]*)\]$/.exec(written)?.[1] ?? '').split(',').flatMap((extra) => (extra.trim() === '' ? [] : [normalizedName(extra.trim())]));

/** `../lib`, `./lib[extra]`, `file:../lib`, `file:///${PROJECT_ROOT}/../lib`; undefined for what is on the network, or elsewhere on the machine. */
function pathIn(written: string): string | undefined {
  const plain = written
    .replace(/\[[^\]]*\]$/, '')
    .replace(/^file:(\/\/)?/, '')
    .replace(/^\/?\$\{(PROJECT_ROOT|PWD)\}\//, './')
    .replace(/#.*$/, '');
  return /^[a-z+]+:\/\//.test(plain) || plain.startsWith('/') ? undefined : plain;
}
