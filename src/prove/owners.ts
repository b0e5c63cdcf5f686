import type { ImageTree, TreeEntry } from '../image/index.ts';

export interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/**
 * What Debian itself keeps from ordinary users: no service is expected to read it.
 * Source: base-files, passwd, libc-bin, login, apt and openssl packages.
 */
const OF_THE_SYSTEM = [
  /^etc\/(g?shadow-?|\.pwd\.lock|sudoers(\.d)?(\/.*)?|security\/opasswd|ssl\/private)$/,
  /^(root|lost\+found)(\/.*)?$/,
  /^var\/cache\/(ldconfig|apt\/archives\/partial|debconf)(\/.*)?$/,
  /^var\/lib\/(private|apt\/lists\/partial)$/,
  /^var\/log\/(btmp|private|apt\/term\.log)$/,
];

/**
 * Files that the service's user may not read, and directories that it may not enter, by the owners and modes that stand
 * in the layers. Sorted; what Debian itself closes is left out.
 */
export function ownerSensitive(tree: ImageTree, user: Ids): readonly string[] {
  const found: string[] = [];
  for (const [path, { record }] of tree.entries) {
    if (OF_THE_SYSTEM.some((pattern) => pattern.test(path))) continue;
    const wanted = record.type === 'file' || record.type === 'hardlink' ? 4 : record.type === 'directory' ? 5 : 0;
    if ((permitted(record, user) & wanted) !== wanted) found.push(path);
  }
  return found;
}

/** The `rwx` bits (4, 2, 1) that a user has on a file: POSIX.1-2024, 4.7 "File Access Permissions". Supplementary groups: none. */
export function permitted({ mode, uid, gid }: TreeEntry['record'], user: Ids): number {
  if (user.uid === 0) return mode & 0o111 ? 7 : 6;
  if (user.uid === uid) return (mode >> 6) & 7;
  return user.gid === gid ? (mode >> 3) & 7 : mode & 7;
}

/** The first directory above `path` that the user may not enter. */
export function closedAbove(tree: ImageTree, path: string, user: Ids): string | undefined {
  const parts = path.split('/').slice(0, -1);
  return parts
    .map((_, depth) => parts.slice(0, depth + 1).join('/'))
    .find((folder) => {
      const record = tree.entries.get(folder)?.record;
      return record?.type === 'directory' && (permitted(record, user) & 1) === 0;
    });
}
