import { satisfies } from '@renovatebot/pep440';
import { noMemo, type Evidence, type Fact, type Files, type Memo, normalizedName } from '../../base/index.ts';
import { openRepository, type Repository } from '../repository.ts';
import type { Requirement } from '../types.ts';
import { poetryRequirements } from './manifests/poetry.ts';
import { projectRequirements, pyprojectOf, type Requirements } from './manifests/pyproject.ts';
import { uvLockOf, type UvLock } from './manifests/workspace.ts';
import { isProblem, itemsAt, parseToml, stringAt, type Toml, type TomlFile } from './manifests/toml.ts';

/** Agreement is asked of the main dependencies: every installation has those. */
const NO_SETS = { extras: [], groups: [] };

/** One thing that the manifest says and the lock does not. */
export interface LockDisagreement {
  /** The manifest's line. */
  readonly manifest: Evidence;
  /** The lock's line; absent when it has none. */
  readonly lock?: Evidence;
  readonly what: string;
  /** The command that mends it. */
  readonly hint: string;
}

/**
 * Where uv.lock, poetry.lock or pdm.lock no longer fits pyproject.toml: a requirement that it lacks, a locked version outside of
 * the manifest's range, another range for the interpreter. Empty when they agree, or when there is no lock.
 */
export async function lockDisagreements(files: Files, memo: Memo = noMemo): Promise<readonly LockDisagreement[]> {
  const repository = await openRepository(files, '', memo);
  const manifest = await pyprojectOf(repository);
  if (!manifest || isProblem(manifest)) return [];
  const uv = await uvLockOf(repository);
  if (uv && !isProblem(uv))
    return [
      // The lock of a workspace is for what all of its members allow.
      ...(isWorkspace(uv.lock) ? [] : againstUv(manifest, uv.lock)),
      ...againstPackages(projectRequirements(manifest, NO_SETS), uv.lock, 'run `uv lock`'),
      ...againstRecorded(manifest, uv),
    ];
  if (!['poetry.lock', 'pdm.lock'].some((path) => repository.has(path))) return [];
  const poetry = await lockAt(repository, 'poetry.lock');
  if (!poetry) {
    const pdm = await lockAt(repository, 'pdm.lock');
    return pdm ? againstPackages(projectRequirements(manifest, NO_SETS), pdm, 'run `pdm lock`') : [];
  }
  const own = poetryRequirements(manifest, NO_SETS);
  return [
    ...againstPoetry(manifest, poetry),
    ...againstPackages(own.facts.length > 0 ? own : projectRequirements(manifest, NO_SETS), poetry, 'run `poetry lock`'),
  ];
}

async function lockAt(repository: Repository, path: string): Promise<TomlFile | undefined> {
  const file = await repository.text(path);
  const lock = file && parseToml(file);
  return lock && !isProblem(lock) ? lock : undefined;
}

const isWorkspace = ({ root }: TomlFile): boolean => itemsAt(root, 'manifest', 'members').length > 0;

/** uv writes its range with a blank after each comma. */
const rangeOf = (specifier: string): string =>
  specifier
    .split(',')
    .map((c) => c.replaceAll(/\s+/g, ''))
    .toSorted()
    .join(',');

function againstUv(manifest: TomlFile, lock: TomlFile): readonly LockDisagreement[] {
  const wanted = stringAt(manifest.root, 'project', 'requires-python');
  const locked = stringAt(lock.root, 'requires-python');
  if (!wanted || !locked || rangeOf(wanted.value) === rangeOf(locked.value)) return [];
  return [
    {
      manifest: manifest.file.at(wanted.span),
      lock: lock.file.at(locked.span),
      what: `requires-python is \`${wanted.value}\`, the lock was made for \`${locked.value}\``,
      hint: 'run `uv lock`',
    },
  ];
}

/** uv records the manifest's requirements in the lock: what was taken out of the manifest, or is written otherwise, shows there. */
function againstRecorded(manifest: TomlFile, { lock, own }: UvLock): readonly LockDisagreement[] {
  const recorded = own ? itemsAt(own, 'metadata', 'requires-dist').filter((r) => !stringAt(r, 'marker')?.value.includes('extra ==')) : [];
  const { facts } = projectRequirements(manifest, NO_SETS);
  const [head] = manifest.file.lines();
  return recorded.flatMap((r): LockDisagreement[] => {
    const name = normalizedName(stringAt(r, 'name')?.value ?? '');
    const specifier = stringAt(r, 'specifier')?.value ?? '';
    const here = facts.filter((f) => f.value.name === name);
    const there = { lock: lock.file.at(r), hint: 'run `uv lock`' };
    if (here.length === 0)
      return [
        { manifest: manifest.file.at(head ?? manifest.root), ...there, what: `\`${name}\` is in the lock, and no longer in the manifest` },
      ];
    const [first] = here;
    // A range that moved without leaving the locked version out: the other check says nothing of it.
    if (!first || here.some((f) => rangeOf(f.value.specifier) === rangeOf(specifier))) return [];
    return [
      {
        manifest: first.because[0],
        ...there,
        what: `\`${name}${first.value.specifier}\` is wanted, the lock was made for \`${name}${specifier}\``,
      },
    ];
  });
}

function againstPoetry(manifest: TomlFile, lock: TomlFile): readonly LockDisagreement[] {
  const wanted =
    stringAt(manifest.root, 'tool', 'poetry', 'dependencies', 'python') ?? stringAt(manifest.root, 'project', 'requires-python');
  const locked = stringAt(lock.root, 'metadata', 'python-versions');
  if (!wanted || !locked || rangeOf(wanted.value) === rangeOf(locked.value)) return [];
  return [
    {
      manifest: manifest.file.at(wanted.span),
      lock: lock.file.at(locked.span),
      what: `the interpreter is \`${wanted.value}\`, the lock was made for \`${locked.value}\``,
      hint: 'run `poetry lock`',
    },
  ];
}

function againstPackages(wanted: Requirements, lock: TomlFile, hint: string): readonly LockDisagreement[] {
  const packages = itemsAt(lock.root, 'package');
  return wanted.facts.flatMap((fact) =>
    againstPackage(
      fact,
      packages.filter((p) => normalizedName(stringAt(p, 'name')?.value ?? '') === fact.value.name),
      lock,
      hint,
    ),
  );
}

function againstPackage(fact: Fact<Requirement>, locked: readonly Toml[], lock: TomlFile, hint: string): readonly LockDisagreement[] {
  const { name, specifier, marker } = fact.value;
  const [manifest] = fact.because;
  const versions = locked.flatMap((p) => stringAt(p, 'version') ?? []);
  const [first] = versions;
  // A lock for some platforms may leave out what a marker excludes on all of them.
  if (!first) return marker === undefined && locked.length === 0 ? [{ manifest, what: `\`${name}\` is not in the lock`, hint }] : [];
  if (specifier === '' || versions.some((v) => satisfies(v.value, specifier, { prereleases: true }))) return [];
  return [{ manifest, lock: lock.file.at(first.span), what: `\`${name}${specifier}\` is wanted, ${first.value} is locked`, hint }];
}
