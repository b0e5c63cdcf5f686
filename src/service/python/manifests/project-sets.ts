import { normalizedName } from '../../../base/index.ts';
import type { DependencySets } from '../../types.ts';
import { parseRequirement } from '../requirements/requirement.ts';
import { itemsAt, pairsAt, stringAt, type Toml, type TomlFile } from './toml.ts';

/**
 * The PEP 508 strings of the chosen extras and groups, in the manifest's order. A group may include others (PEP 735); an
 * extra may name others of its own project: `all = ["orders[web,redis]"]`.
 */
export function itemsOfSets({ root }: TomlFile, { extras, groups }: DependencySets): readonly Toml[] {
  const own = normalizedName(stringAt(root, 'project', 'name')?.value ?? '');
  const optional = tablesOf(root, 'project', 'optional-dependencies');
  const grouped = tablesOf(root, 'dependency-groups');
  const pdm = tablesOf(root, 'tool', 'pdm', 'dev-dependencies');
  const seen = new Set<string>();
  const once = (key: string, items: readonly Toml[] | undefined): readonly Toml[] => {
    if (seen.has(key)) return [];
    seen.add(key);
    return items ?? [];
  };
  const ofExtra = (name: string): readonly Toml[] =>
    once(`extra ${name}`, optional.get(name)).flatMap((item) => {
      const read = item.kind === 'string' ? parseRequirement(item.value, { from: 0, to: item.value.length }) : undefined;
      return read && normalizedName(read.name) === own ? read.extras.flatMap(ofExtra) : [item];
    });
  const ofGroup = (name: string): readonly Toml[] =>
    once(`group ${name}`, grouped.get(name) ?? pdm.get(name)).flatMap((item) => {
      const included = stringAt(item, 'include-group')?.value;
      return included === undefined ? [item] : ofGroup(normalizedName(included));
    });
  return [...extras.flatMap(ofExtra), ...groups.flatMap(ofGroup)];
}

const tablesOf = (root: Toml, ...path: readonly string[]): ReadonlyMap<string, readonly Toml[]> =>
  new Map(pairsAt(root, ...path).map(([name]) => [normalizedName(name), itemsAt(root, ...path, name)]));
