import { maskedValue } from '../../base/index.ts';
import type { ImageSummary } from './summary.ts';

export { fileChanges, type FileAspect, type FileChange, type FileChanges, type FileFacts } from './files.ts';
export { summariesOf } from './look.ts';
export type { ImageSummary } from './summary.ts';

/** Something that the config says, before and after; absent: it says nothing. */
export interface SettingChange {
  /** `ENV PATH`, `LABEL maintainer`. */
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
}

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
export const packageChanges = (before: ImageSummary, after: ImageSummary): readonly PackageChange[] =>
  changesIn(before.packages, after.packages);

/** What the configs say differently beside user and commands; by name. Of secrets only how they begin. */
export const settingChanges = (before: ImageSummary, after: ImageSummary): readonly SettingChange[] =>
  changesIn(before.settings, after.settings).map(({ name, ...values }) => ({
    name,
    ...Object.fromEntries(Object.entries(values).map(([side, value]) => [side, maskedValue(name.replace(/^[A-Z]+ /, ''), value)])),
  }));

function changesIn(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly SettingChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].toSorted().flatMap((name) => {
    const [old, fresh] = [before.get(name), after.get(name)];
    if (old === fresh) return [];
    return [{ name, ...(old === undefined ? {} : { before: old }), ...(fresh === undefined ? {} : { after: fresh }) }];
  });
}
