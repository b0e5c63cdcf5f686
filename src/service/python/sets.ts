import { certain, likely, nearest, UserError, type Fact, normalizedName } from '../../base/index.ts';
import type { Repository } from '../repository.ts';
import type { DependencySets, OfferedSets, Problem } from '../types.ts';
import { isForDevelopment } from './installs/find.ts';
import type { Install } from './installs/command.ts';
import { pyprojectOf } from './manifests/pyproject.ts';
import { entryAt, isProblem, itemsAt, pairsAt, parseToml, type TomlFile } from './manifests/toml.ts';
import { declaredBy } from './setuptools/read.ts';

/** What plimsoll.yaml asks for. */
export interface AskedSets {
  readonly extras?: readonly string[] | undefined;
  readonly groups?: readonly string[] | undefined;
}

export interface ChosenSets {
  /** Absent: the main dependencies alone, because nothing asks for more. */
  readonly sets?: Fact<DependencySets>;
  readonly problems: readonly Problem[];
}

/** The extras and groups that a repository has: PEP 621, PEP 735, poetry's and PDM's tables, categories of a Pipfile. */
export async function offeredSets(repository: Repository): Promise<OfferedSets> {
  const manifest = await pyprojectOf(repository);
  const pipfile = await repository.text('Pipfile');
  const categories = pipfile && parseToml(pipfile);
  const setuptools = (await declaredBy(repository)).flatMap((declared) => [...declared.extras.keys()]);
  const fromPyproject = manifest && !isProblem(manifest) ? offeredBy(manifest) : { extras: [], groups: [] };
  const fromPipfile = categories && !isProblem(categories) ? categoriesOf(categories) : [];
  return { extras: distinct([...fromPyproject.extras, ...setuptools]), groups: distinct([...fromPyproject.groups, ...fromPipfile]) };
}

const distinct = (names: readonly string[]): string[] => [...new Set(names.map(normalizedName))].toSorted();

function offeredBy({ root }: TomlFile): OfferedSets {
  const keys = (...path: readonly string[]): string[] => pairsAt(root, ...path).map(([name]) => name);
  return {
    extras: [...keys('project', 'optional-dependencies'), ...keys('tool', 'poetry', 'extras')],
    groups: [
      ...keys('dependency-groups'),
      ...keys('tool', 'poetry', 'group'),
      ...keys('tool', 'pdm', 'dev-dependencies'),
      ...(entryAt(root, ['tool', 'uv', 'dev-dependencies']) ? ['dev'] : []),
    ],
  };
}

/** pipenv's manual, “Specifying package categories”: every other table of packages. */
const categoriesOf = ({ root }: TomlFile): string[] =>
  pairsAt(root).flatMap(([name, { value }]) =>
    value.kind !== 'table' || ['packages', 'source', 'requires', 'scripts', 'pipenv', 'pipfile'].includes(name) ? [] : [name],
  );

/**
 * Which are installed: those of plimsoll.yaml, else those of the first installing command that names any, else uv's default
 * groups. Never what only developers need, unless plimsoll.yaml says so. Throws UserError where plimsoll.yaml names
 * one that is not there.
 */
export async function chooseSets(
  repository: Repository,
  asked: AskedSets,
  installs: readonly Fact<Install>[],
  offered: OfferedSets,
): Promise<ChosenSets> {
  if (asked.extras !== undefined || asked.groups !== undefined) return { sets: configured(asked, offered), problems: [] };
  const usual = await usualGroups(repository, offered);
  const problems: Problem[] = [];
  for (const install of installs) {
    const wanted = wantedBy(install.value, offered, usual?.value ?? []);
    problems.push(...unknownIn(install, offered));
    if (wanted.extras.length + wanted.groups.length > 0) return { sets: { ...install, value: wanted }, problems };
  }
  return {
    ...(usual && usual.value.length > 0 && usual.confidence === 'certain'
      ? { sets: { ...usual, value: { extras: [], groups: usual.value } } }
      : {}),
    problems,
  };
}

function configured({ extras = [], groups = [] }: AskedSets, offered: OfferedSets): Fact<DependencySets> {
  for (const [key, names, known] of [
    ['extras', extras, offered.extras],
    ['groups', groups, offered.groups],
  ] as const) {
    const missing = names.map(normalizedName).find((name) => !known.includes(name));
    if (missing === undefined) continue;
    const near = nearest(missing, known);
    const there =
      near !== undefined
        ? `did you mean \`${near}\`?`
        : known.length > 0
          ? `there are ${known.map((k) => `\`${k}\``).join(', ')}`
          : 'there are none';
    throw new UserError(`the dependencies have no ${key.slice(0, -1)} \`${missing}\``, there, { file: 'plimsoll.yaml' });
  }
  return certain({ extras: distinct(extras), groups: distinct(groups) }, { from: 'config', name: 'dependencies' });
}

function wantedBy(install: Install, offered: OfferedSets, usual: readonly string[]): DependencySets {
  const extras = install.all === 'extras' ? offered.extras : install.extras;
  const implied = install.usualBut === undefined ? [] : usual.filter((g) => !install.usualBut?.includes(g));
  const groups = install.all === 'groups' ? offered.groups : [...install.groups, ...implied];
  // PDM calls extras groups as well.
  const all = [...extras, ...groups];
  const shipped = (known: readonly string[], names: readonly string[]): string[] =>
    distinct(names.filter((name) => known.includes(name) && !isForDevelopment(name)));
  return {
    extras: shipped(offered.extras, [...extras, ...all.filter((n) => !offered.groups.includes(n))]),
    groups: shipped(offered.groups, groups),
  };
}

function unknownIn({ value, because: [at] }: Fact<Install>, offered: OfferedSets): Problem[] {
  const known = [...offered.extras, ...offered.groups];
  const missing = [...value.extras, ...value.groups].find((name) => !known.includes(name));
  if (missing === undefined || known.length === 0 || at.from !== 'file') return [];
  return [
    {
      at: { file: at.file, ...at.range.start },
      what: `installs \`${missing}\`, which is no extra and no group of the dependencies`,
      hint: `there are ${known.map((name) => `\`${name}\``).join(', ')}; \`dependencies:\` in plimsoll.yaml chooses`,
    },
  ];
}

/**
 * Groups that the repository's own tool installs unasked, without those for developers: uv's `default-groups`; poetry's
 * that are not optional, which its manual advises to leave out of production, so they need a command that says otherwise.
 */
async function usualGroups(repository: Repository, offered: OfferedSets): Promise<Fact<readonly string[]> | undefined> {
  const manifest = await pyprojectOf(repository);
  if (!manifest || isProblem(manifest)) return undefined;
  const { file, root } = manifest;
  const declared = entryAt(root, ['tool', 'uv', 'default-groups']);
  if (declared) {
    const named =
      declared.value.kind === 'string'
        ? offered.groups
        : itemsAt(root, 'tool', 'uv', 'default-groups').flatMap((i) => (i.kind === 'string' ? [normalizedName(i.value)] : []));
    return certain(
      named.filter((g) => !isForDevelopment(g)),
      file.at(declared.span),
    );
  }
  const required = pairsAt(root, 'tool', 'poetry', 'group').filter(([name, { value }]) => {
    const optional = entryAt(value, ['optional'])?.value;
    return !isForDevelopment(name) && !(optional?.kind === 'scalar' && optional.value === true);
  });
  const [first] = required;
  return (
    first &&
    likely(
      required.map(([name]) => normalizedName(name)),
      file.at({ from: first[1].span.from, to: file.text.indexOf('\n', first[1].span.from) }),
    )
  );
}
