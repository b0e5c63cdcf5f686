import type { LayerEntry } from '../../image/index.ts';

/** What layers lie over: as much as they must not change of it unasked. Paths without a leading `/`. */
export interface Below {
  /** Links to folders, and where they end. */
  readonly links: Readonly<Record<string, string>>;
  /** Folders that are not root's, or not 0755: a layer that has something in them names them as they are. */
  readonly folders: Readonly<Record<string, Pick<LayerEntry, 'mode' | 'uid' | 'gid'>>>;
}

/**
 * The entries of a layer as they are placed over `below`: as a program would write them there, through links (a layer
 * that names `etc/passwd` where `etc` is a link would put a folder in its place), and in folders that stay as they are.
 */
export function placedOver({ links, folders }: Below, entries: readonly LayerEntry[]): LayerEntry[] {
  const known = new Map<string, string>([['', '']]);
  const realFolder = (path: string): string => {
    const found = known.get(path);
    if (found !== undefined) return found;
    const [parent, name] = split(path);
    const plain = joined(realFolder(parent), name);
    const real = links[plain] ?? plain;
    known.set(path, real);
    return real;
  };
  const real = (path: string): string => {
    const [parent, name] = split(path);
    return joined(realFolder(parent), name);
  };
  const placed = new Map<string, LayerEntry>();
  for (const entry of entries) {
    const path = entry.type === 'directory' ? realFolder(entry.path) : real(entry.path);
    placed.set(path, entry.type === 'hardlink' ? { ...entry, path, target: real(entry.target) } : { ...entry, path });
  }
  for (const each of placed.keys())
    for (let [path] = split(each); path !== ''; [path] = split(path)) {
      const folder = folders[path];
      if (folder && !placed.has(path)) placed.set(path, { type: 'directory', path, ...folder });
    }
  return [...placed.values()];
}

function split(path: string): [parent: string, name: string] {
  const slash = path.lastIndexOf('/');
  return [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)];
}

const joined = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);
