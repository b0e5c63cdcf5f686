import { normalizedName, type Fact } from '../../../base/index.ts';
import type { Requirement } from '../../types.ts';
import { itemsAt, stringAt, type TomlFile } from './toml.ts';

/** Requirements with the versions that a lock has for them, from the tables of `[[package]]` or what it calls them. */
export function withLocked(
  requirements: readonly Fact<Requirement>[],
  { root }: TomlFile,
  tables = 'package',
): readonly Fact<Requirement>[] {
  const versions = new Map<string, Set<string>>();
  for (const item of itemsAt(root, tables)) {
    const name = normalizedName(stringAt(item, 'name')?.value ?? '');
    const version = stringAt(item, 'version')?.value;
    if (version !== undefined) versions.set(name, new Set([...(versions.get(name) ?? []), version]));
  }
  return requirements.map((fact) => locked(fact, [...(versions.get(fact.value.name) ?? [])]));
}

/** The same with what was found elsewhere. */
export function locked(fact: Fact<Requirement>, versions: readonly string[]): Fact<Requirement> {
  const [version] = versions;
  return version === undefined || versions.length > 1 ? fact : { ...fact, value: { ...fact.value, locked: version } };
}
