import type { LayerEntry } from '../../../image/index.ts';

/** Top-level folders that are links into /usr since bookworm: Debian Policy 10.1, usrmerge. */
const merged = /^(bin|sbin|lib|lib32|lib64|libx32|libo32)(\/|$)/;

/** `lib/x86_64-linux-gnu/libc.so.6` → `usr/lib/x86_64-linux-gnu/libc.so.6`. */
export const mergedPath = (path: string): string => (merged.test(path) ? `usr/${path}` : path);

/** The entry where it really lies once /usr is merged. The links themselves are made by `usrLinks`. */
export function mergeUsr(entry: LayerEntry): LayerEntry[] {
  if (entry.type === 'symlink' && merged.test(entry.path) && !entry.path.includes('/')) return [];
  const path = mergedPath(entry.path);
  return [entry.type === 'hardlink' ? { ...entry, path, target: mergedPath(entry.target) } : { ...entry, path }];
}

/** The links of the root for the folders that are there: `lib64` only where the architecture has one. */
export function usrLinks(entries: readonly LayerEntry[]): LayerEntry[] {
  const names = new Set(['bin', 'sbin', 'lib']);
  for (const entry of entries) {
    const name = /^usr\/(lib(?:32|64|x32|o32))\//.exec(entry.path)?.[1];
    if (name !== undefined) names.add(name);
  }
  // `usr/bin` and `usr/sbin` may be empty, and a link must not dangle.
  const folders = ['usr/bin', 'usr/sbin'].filter((path) => !entries.some((entry) => entry.path === path));
  return [
    ...folders.map((path) => ({ type: 'directory', path, mode: 0o755, uid: 0, gid: 0 }) as const),
    ...[...names].map((name) => ({ type: 'symlink', path: name, target: `usr/${name}`, mode: 0o777, uid: 0, gid: 0 }) as const),
  ];
}
