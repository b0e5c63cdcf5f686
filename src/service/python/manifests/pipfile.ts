import { certain, type Fact, normalizedName } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import type { TextFile } from '../../text.ts';
import type { DependencySource, Problem, Requirement } from '../../types.ts';
import { locked } from './locked.ts';
import type { ManifestFacts, ManifestInput } from './manifest.ts';
import { isProblem, itemsAt, pairsAt, parseToml, stringAt, type TomlFile } from './toml.ts';

export const pipfile = reader({
  id: 'python/manifests/pipfile',
  about: 'Pipfile with its lock: packages, and the interpreter.',
  source: "pipenv's manual, “Pipfile & Pipfile.lock”",
  reads: ['Pipfile', 'Pipfile.lock'],
  async read(repository: ManifestInput): Promise<ManifestFacts> {
    const file = await repository.text('Pipfile');
    const lock = await repository.text('Pipfile.lock');
    if (!file || !lock) return {};
    const manifest = parseToml(file);
    if (isProblem(manifest)) return { problems: [manifest] };
    const read = readLock(lock, file.path, repository.sets.groups);
    if ('what' in read) return { problems: [read] };
    const asked = stringAt(manifest.root, 'requires', 'python_full_version') ?? stringAt(manifest.root, 'requires', 'python_version');
    return {
      ...(asked ? { interpreter: certain(asked.value, file.at(asked.span)) } : {}),
      dependencies: certain(read.source, lock.at(lock.lines()[0] ?? { from: 0, to: 0 })),
      requirements: ['packages', ...repository.sets.groups]
        .flatMap((category) => packagesOf(manifest, category))
        .map((fact) => locked(fact, read.versions.get(fact.value.name) ?? [])),
    };
  },
});

interface Lock {
  readonly source: DependencySource;
  readonly versions: ReadonlyMap<string, readonly string[]>;
}

function readLock(lock: TextFile, manifest: string, groups: readonly string[]): Lock | Problem {
  try {
    const categories = JSON.parse(lock.text) as Record<string, Record<string, { readonly version?: string } | null> | undefined>;
    const taken = ['default', ...groups].flatMap((category) => Object.entries(categories[category] ?? {}));
    const named = taken.map(([name, found]) => [name, found?.version ?? ''] as const);
    const unlocked = named.filter(([, version]) => version === '*').map(([name]) => name);
    return {
      source: { kind: 'Pipfile.lock', file: lock.path, manifest, unlocked: unlocked.toSorted() },
      versions: new Map(named.map(([name, version]) => [normalizedName(name), /^==/.test(version) ? [version.slice(2)] : []])),
    };
  } catch {
    return { at: { file: lock.path }, what: 'it is no JSON', hint: 'run `pipenv lock`', fatal: true };
  }
}

/** `[packages]`, or another category: a specifier, or a table with `version` and `extras`. */
function packagesOf({ file, root }: TomlFile, category: string): readonly Fact<Requirement>[] {
  return pairsAt(root)
    .filter(([name]) => normalizedName(name) === category)
    .flatMap(([name]) => pairsAt(root, name))
    .map(([name, { value, span }]) => {
      const version = value.kind === 'string' ? value.value : (stringAt(value, 'version')?.value ?? '*');
      const extras = itemsAt(value, 'extras').flatMap((item) => (item.kind === 'string' ? [normalizedName(item.value)] : []));
      return certain(
        { name: normalizedName(name), extras, specifier: version === '*' ? '' : version.replaceAll(/\s+/g, '') },
        file.at(span),
      );
    });
}
