import type { ImageSummary } from './summary.ts';

export { summaryOf, type ImageSummary } from './summary.ts';

/** A folder, and how many bytes of files there are more or fewer. */
export interface FolderChange {
  /** Absolute. */
  readonly folder: string;
  readonly before: number;
  readonly after: number;
}

export interface PackageChange {
  /** `debian libc6`, `python flask`. */
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
}

/** Folders whose files grew or shrank together, the largest change first. */
export function folderChanges(before: ImageSummary, after: ImageSummary): readonly FolderChange[] {
  const folders = new Map<string, { before: number; after: number }>();
  const add = (side: 'before' | 'after', sizes: ReadonlyMap<string, number>): void => {
    for (const [path, bytes] of sizes) {
      const folder = folderOf(path);
      const both = folders.get(folder) ?? { before: 0, after: 0 };
      both[side] += bytes;
      folders.set(folder, both);
    }
  };
  add('before', before.sizes);
  add('after', after.sizes);
  const changeOf = (it: FolderChange): number => Math.abs(it.after - it.before);
  return [...folders]
    .map(([folder, bytes]) => ({ folder, ...bytes }))
    .filter((it) => changeOf(it) > 0)
    .toSorted((a, b) => changeOf(b) - changeOf(a) || (a.folder < b.folder ? -1 : 1));
}

/** A package of Python is one folder; all else is taken to its third level. */
function folderOf(path: string): string {
  const parts = path.split('/').slice(0, -1);
  const packages = parts.findLastIndex((part) => /^(?:site|dist)-packages$/.test(part));
  return `/${parts.slice(0, packages >= 0 ? packages + 2 : 3).join('/')}`;
}

/** Packages that came, went, or have another version; by name. */
export function packageChanges(before: ImageSummary, after: ImageSummary): readonly PackageChange[] {
  const names = new Set([...before.packages.keys(), ...after.packages.keys()]);
  return [...names].toSorted().flatMap((name) => {
    const [old, fresh] = [before.packages.get(name), after.packages.get(name)];
    if (old === fresh) return [];
    return [{ name, ...(old === undefined ? {} : { before: old }), ...(fresh === undefined ? {} : { after: fresh }) }];
  });
}
