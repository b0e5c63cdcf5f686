import { normalizedName } from '../base/index.ts';
import type { ImageTree, Package } from '../image/index.ts';

/** For each package the indexes of those it needs, as far as they are there; each list sorted, without itself. */
export function relationsOf(packages: readonly Package[], tree: ImageTree): readonly (readonly number[])[] {
  const byName = namesOf(packages);
  const byPath = new Map(packages.map(({ path }, index) => [path, index]));
  return packages.map((one, index) => {
    const found = one.requires.flatMap((name) =>
      one.ecosystem === 'npm' ? (nearestModule(one, name, tree, byPath) ?? []) : (byName.get(keyOf(one.ecosystem, name)) ?? []),
    );
    return [...new Set(found)].filter((it) => it !== index && isNear(one, packages[it]!)).toSorted((a, b) => a - b);
  });
}

const keyOf = (ecosystem: Package['ecosystem'], name: string): string =>
  `${ecosystem} ${ecosystem === 'python' ? normalizedName(name) : name}`;

/** Names, what is provided, and for rpm's, which may need a file, the files. */
function namesOf(packages: readonly Package[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  const wantsFiles = new Set(
    packages.flatMap(({ ecosystem, requires }) => (ecosystem === 'rpm' ? requires.filter((it) => it.startsWith('/')) : [])),
  );
  for (const [index, { ecosystem, name, provides, files }] of packages.entries()) {
    const paths = ecosystem === 'rpm' ? files.map((file) => `/${file}`).filter((file) => wantsFiles.has(file)) : [];
    for (const each of new Set([name, ...provides, ...paths])) {
      const key = keyOf(ecosystem, each);
      found.set(key, [...(found.get(key) ?? []), index]);
    }
  }
  return found;
}

/** Node looks for `node_modules/NAME` in each folder upwards: Node, "Loading from `node_modules` folders". */
function nearestModule({ path }: Package, name: string, tree: ImageTree, byPath: ReadonlyMap<string, number>): number | undefined {
  const parts = path.split('/').slice(0, -1);
  for (let depth = parts.length; depth >= 0; depth -= 1) {
    if (parts[depth - 1] === 'node_modules') continue;
    const real = tree.resolve([...parts.slice(0, depth), 'node_modules', name, 'package.json'].join('/'));
    const index = real === undefined ? undefined : byPath.get(real);
    if (index !== undefined) return index;
  }
  return undefined;
}

/** Of Python's, in the same folder of packages: two virtual environments know nothing of each other. */
const isNear = (one: Package, other: Package): boolean =>
  one.ecosystem !== 'python' || siteOf(one) === siteOf(other) || siteOf(other).startsWith('usr/');
const siteOf = ({ path }: Package): string => path.replace(/\/[^/]+(?:\/METADATA|\/PKG-INFO|)$/, '');
