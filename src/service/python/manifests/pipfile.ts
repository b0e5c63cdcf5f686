import { certain, type Fact } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import type { Repository } from '../../repository.ts';
import type { TextFile } from '../../text.ts';
import type { DependencySource, Problem, Requirement } from '../../types.ts';
import { normalizedName } from '../requirements/requirement.ts';
import { locked } from './locked.ts';
import type { ManifestFacts } from './manifest.ts';
import { entryAt, isProblem, itemsAt, parseToml, stringAt, type TomlFile } from './toml.ts';

export const pipfile = reader({
  id: 'python/manifests/pipfile',
  about: 'Pipfile with its lock: packages, and the interpreter.',
  source: "pipenv's manual, “Pipfile & Pipfile.lock”",
  reads: ['Pipfile', 'Pipfile.lock'],
  async read(repository: Repository): Promise<ManifestFacts> {
    const file = await repository.text('Pipfile');
    const lock = await repository.text('Pipfile.lock');
    if (!file || !lock) return {};
    const manifest = parseToml(file);
    if (isProblem(manifest)) return { problems: [manifest] };
    const read = readLock(lock, file.path);
    if ('what' in read) return { problems: [read] };
    const asked = stringAt(manifest.root, 'requires', 'python_full_version') ?? stringAt(manifest.root, 'requires', 'python_version');
    return {
      ...(asked ? { interpreter: certain(asked.value, file.at(asked.span)) } : {}),
      dependencies: certain(read.source, lock.at(lock.lines()[0] ?? { from: 0, to: 0 })),
      requirements: packagesOf(manifest).map((fact) => locked(fact, read.versions.get(fact.value.name) ?? [])),
    };
  },
});

interface Lock {
  readonly source: DependencySource;
  readonly versions: ReadonlyMap<string, readonly string[]>;
}

function readLock(lock: TextFile, manifest: string): Lock | Problem {
  try {
    const { default: packages = {} } = JSON.parse(lock.text) as { default?: Record<string, { readonly version?: string } | null> };
    const named = Object.entries(packages).map(([name, found]) => [name, found?.version ?? ''] as const);
    const unlocked = named.filter(([, version]) => version === '*').map(([name]) => name);
    return {
      source: { kind: 'Pipfile.lock', file: lock.path, manifest, unlocked: unlocked.toSorted() },
      versions: new Map(named.map(([name, version]) => [normalizedName(name), /^==/.test(version) ? [version.slice(2)] : []])),
    };
  } catch {
    return { at: { file: lock.path }, what: 'it is no JSON', hint: 'run `pipenv lock`', fatal: true };
  }
}

/** `[packages]`: a specifier, or a table with `version` and `extras`. */
function packagesOf({ file, root }: TomlFile): readonly Fact<Requirement>[] {
  const packages = entryAt(root, ['packages'])?.value;
  if (packages?.kind !== 'table') return [];
  return [...packages.entries].map(([name, { value, span }]) => {
    const version = value.kind === 'string' ? value.value : (stringAt(value, 'version')?.value ?? '*');
    const extras = itemsAt(value, 'extras').flatMap((item) => (item.kind === 'string' ? [normalizedName(item.value)] : []));
    return certain({ name: normalizedName(name), extras, specifier: version === '*' ? '' : version.replaceAll(/\s+/g, '') }, file.at(span));
  });
}
