import { certain, type Fact, normalizedName } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import type { DependencySets, Problem, Requirement } from '../../types.ts';
import type { ManifestFacts, ManifestInput } from './manifest.ts';
import { fromPoetry } from './poetry-version.ts';
import { pyprojectOf, type Requirements } from './pyproject.ts';
import { at, isProblem, itemsAt, pairsAt, stringAt, type Toml, type TomlEntry, type TomlFile } from './toml.ts';

const TABLE = ['tool', 'poetry'] as const;

export const poetry = reader({
  id: 'python/manifests/poetry',
  about: "Poetry's own tables of pyproject.toml.",
  source: "poetry's manual, “The pyproject.toml file”",
  reads: ['pyproject.toml'],
  async read(repository: ManifestInput): Promise<ManifestFacts> {
    const found = await pyprojectOf(repository);
    if (!found || isProblem(found) || at(found.root, TABLE) === undefined) return {};
    const { file, root } = found;
    const fact = (key: string): Fact<string> | undefined => {
      const written = stringAt(root, ...TABLE, key);
      return written && certain(written.value, file.at(written.span));
    };
    const [name, version, description] = [fact('name'), fact('version'), fact('description')];
    const [licence, source] = [fact('license'), fact('repository')];
    const python = stringAt(root, ...TABLE, 'dependencies', 'python');
    const requires = python && fromPoetry(python.value);
    const { facts, problems } = poetryRequirements(found, repository.sets);
    const [first] = facts;
    return {
      ...(name ? { name: certain(normalizedName(name.value).replaceAll(/[^a-z0-9-]/g, ''), ...name.because) } : {}),
      ...(version ? { version } : {}),
      ...(description ? { description } : {}),
      ...(licence ? { licence } : {}),
      ...(source ? { source } : {}),
      ...(python && requires !== undefined ? { requires: certain(requires, file.at(python.span)) } : {}),
      ...(first ? { dependencies: certain({ kind: 'pyproject', file: file.path }, first.because[0]), requirements: facts } : {}),
      problems,
    };
  },
});

/** `[tool.poetry.dependencies]`, of the optional ones those of the chosen extras, and the chosen groups. */
export function poetryRequirements({ file, root }: TomlFile, sets: DependencySets): Requirements {
  const facts: Fact<Requirement>[] = [];
  const problems: Problem[] = [];
  const inExtras = new Set(
    pairsAt(root, ...TABLE, 'extras').flatMap(([extra]) =>
      sets.extras.includes(normalizedName(extra))
        ? itemsAt(root, ...TABLE, 'extras', extra).flatMap((i) => (i.kind === 'string' ? [normalizedName(i.value)] : []))
        : [],
    ),
  );
  const main = pairsAt(root, ...TABLE, 'dependencies').filter(
    ([name, entry]) => name !== 'python' && (!isOptional(entry) || inExtras.has(normalizedName(name))),
  );
  const grouped = pairsAt(root, ...TABLE, 'group').flatMap(([group]) =>
    sets.groups.includes(normalizedName(group)) ? pairsAt(root, ...TABLE, 'group', group, 'dependencies') : [],
  );
  for (const [name, entry] of [...main, ...grouped]) {
    const requirement = requirementOf(name, entry.value);
    if (requirement) facts.push(certain(requirement, file.at(entry.span)));
    else
      problems.push({
        at: file.place(entry.span.from),
        what: `the version of \`${name}\` has alternatives that PEP 440 cannot say`,
        hint: 'one constraint is enough once poetry.lock is there',
      });
  }
  return { facts, problems };
}

const isOptional = ({ value }: TomlEntry): boolean => {
  const optional = at(value, ['optional']);
  return optional?.kind === 'scalar' && optional.value === true;
};

function requirementOf(name: string, value: Toml): Requirement | undefined {
  const written = value.kind === 'string' ? value.value : (stringAt(value, 'version')?.value ?? '*');
  const specifier = fromPoetry(written);
  if (specifier === undefined) return undefined;
  const extras = itemsAt(value, 'extras').flatMap((e) => (e.kind === 'string' ? [normalizedName(e.value)] : []));
  const marker = stringAt(value, 'markers')?.value;
  return { name: normalizedName(name), extras, specifier, ...(marker === undefined ? {} : { marker }) };
}
