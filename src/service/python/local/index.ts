import { certain, type Evidence, type Fact, normalizedName } from '../../../base/index.ts';
import type { Repository } from '../../repository.ts';
import type { DependencySets, DependencySource, LocalPackage, OwnProject, Problem, Requirement } from '../../types.ts';
import { projectRequirements, pyprojectOf } from '../manifests/pyproject.ts';
import { poetryRequirements } from '../manifests/poetry.ts';
import { at, entryAt, isProblem, pairsAt, parseToml, stringAt } from '../manifests/toml.ts';
import { lockedLocals } from './locked.ts';
import { namedLocals } from './named.ts';

/** What the repository itself gives to the service. */
export interface Locals {
  readonly local: readonly Fact<LocalPackage>[];
  /** What these need in their turn, where their manifests say it. */
  readonly requirements: readonly Fact<Requirement>[];
  readonly project?: Fact<OwnProject>;
  /** Console scripts of the service's own package. */
  readonly scripts: readonly ConsoleScript[];
  readonly problems: readonly Problem[];
}

export interface ConsoleScript {
  readonly name: string;
  /** `module:function` */
  readonly target: string;
  readonly at: Evidence;
}

/** Packages of the repository that the service needs, and the service as one. */
export async function readLocals(
  source: Fact<DependencySource> | undefined,
  sets: DependencySets,
  repository: Repository,
): Promise<Locals> {
  const isLock = source !== undefined && !['requirements', 'pyproject', 'script', 'setuptools'].includes(source.value.kind);
  const found = isLock
    ? { local: await lockedLocals(source.value, sets, repository), problems: [] }
    : await namedLocals(source?.value, sets, repository);
  const project = await ownProject(repository);
  return {
    local: found.local,
    requirements: (await Promise.all(found.local.map(({ value }) => requirementsOf(value, repository)))).flat(),
    ...project,
    problems: found.problems,
  };
}

async function requirementsOf({ folder, extras = [] }: LocalPackage, repository: Repository): Promise<readonly Fact<Requirement>[]> {
  const file = await repository.text(folder === '' ? 'pyproject.toml' : `${folder}/pyproject.toml`);
  const toml = file && parseToml(file);
  if (!toml || isProblem(toml)) return [];
  // A library's groups are not those of the service.
  const sets = { extras, groups: [] };
  return [...projectRequirements(toml, sets).facts, ...poetryRequirements(toml, sets).facts];
}

/** A project with a build system is a package, and may have console scripts (PEP 517, PEP 621). */
async function ownProject(repository: Repository): Promise<Pick<Locals, 'project' | 'scripts'>> {
  const found = await pyprojectOf(repository);
  if (!found || isProblem(found) || at(found.root, ['build-system']) === undefined) return { scripts: [] };
  const { file, root } = found;
  const name = stringAt(root, 'project', 'name') ?? stringAt(root, 'tool', 'poetry', 'name');
  if (!name) return { scripts: [] };
  const tables = [...pairsAt(root, 'project', 'scripts'), ...pairsAt(root, 'tool', 'poetry', 'scripts')];
  const scripts = tables.flatMap(([script, { value, span }]): ConsoleScript[] =>
    value.kind === 'string' ? [{ name: script, target: value.value, at: file.at(span) }] : [],
  );
  const backend = entryAt(root, ['build-system', 'build-backend'])?.span ?? name.span;
  const project = {
    name: normalizedName(name.value),
    scripts: Object.fromEntries(scripts.map((script) => [script.name, script.target])),
  };
  return { project: certain(project, file.at(backend)), scripts };
}
