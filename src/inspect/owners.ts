import type { Package, ScannedTree } from '../image/index.ts';
import type { Owner } from './types.ts';

/** The package of each file, by the path at which it lies in the end: lists speak of /bin where that is a link to /usr/bin. */
export function ownersIn(tree: ScannedTree, packages: readonly Package[]): ReadonlyMap<string, Owner> {
  const owners = new Map<string, Owner>();
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
  for (const { ecosystem, name, files } of packages) {
    const owner: Owner = { by: ecosystem, name };
    for (const file of files) owners.set(tree.entries.has(file) ? file : throughLinks(file), owner);
  }
  return owners;
}
