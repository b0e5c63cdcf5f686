import type { ImageTree } from '../layer/flatten.ts';
import type { Package } from './types.ts';

/** The package of each file, by the path at which it lies in the end: records speak of /bin where that is a link to /usr/bin. */
export function ownersIn(tree: Pick<ImageTree, 'entries' | 'resolve'>, packages: readonly Package[]): ReadonlyMap<string, Package> {
  const owners = new Map<string, Package>();
  const folders = new Map<string, string>();
  const throughLinks = (name: string): string => {
    const slash = name.lastIndexOf('/') + 1;
    const folder = name.slice(0, slash);
    let real = folders.get(folder);
    if (real === undefined) {
      const found = tree.resolve(folder);
      folders.set(folder, (real = found === undefined || found === '' ? '' : `${found}/`));
    }
    return real + name.slice(slash);
  };
  for (const owner of packages) for (const file of owner.files) owners.set(tree.entries.has(file) ? file : throughLinks(file), owner);
  return owners;
}
