/** One entry of a folder. `path` is relative, POSIX, without a leading `./`. */
export type FileEntry =
  | {
      readonly type: 'file';
      readonly path: string;
      readonly sizeBytes: number;
      readonly executable: boolean;
      /** Where the file lies on disk, for content that is not to be held in memory; absent where it lies on none. */
      readonly onDisk?: OnDisk;
    }
  | { readonly type: 'directory'; readonly path: string }
  | { readonly type: 'symlink'; readonly path: string; readonly target: string };

export interface OnDisk {
  /** Absolute. */
  readonly path: string;
  /** Another one when the file was changed: size, inode, times of its content and of its node, as lstat(2) has them. */
  readonly stamp: string;
  /** When content or node changed last: milliseconds since the epoch. */
  readonly changedMs: number;
}

/**
 * A read-only folder. Disk, memory and tar write these two; the rest is functions over them.
 */
export interface Files {
  /** Sorted by path (code-unit order), so that no disk order reaches a digest. */
  list(): Promise<readonly FileEntry[]>;
  /** The bytes of a regular file. Throws UserError when it is not there or cannot be read. */
  read(path: string): Promise<Uint8Array>;
  /** What the folder is a part of: a git repository, a workspace. Absent: nothing outside of it is read. */
  readonly around?: Around;
}

/** Only what a service names there is read: a lock, a package. */
export interface Around {
  /** The folder's own place in it: `services/api`. */
  readonly at: string;
  /** One of its folders; empty: the whole. */
  folder(path: string): Promise<Files>;
}

/** Code-unit order: the same on every machine and in every locale. */
export const byPath = (a: { readonly path: string }, b: { readonly path: string }): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : 0;

/** Files held in memory: for tests, editors and browsers. Missing parent folders are implied. */
export function memoryFiles(contents: Readonly<Record<string, string | Uint8Array>>): Files {
  const encoder = new TextEncoder();
  const bytes = new Map<string, Uint8Array>(
    Object.entries(contents).map(([path, text]) => [path, typeof text === 'string' ? encoder.encode(text) : text]),
  );
  const folders = new Set<string>();
  for (const path of bytes.keys()) {
    const parts = path.split('/').slice(0, -1);
    parts.forEach((_, i) => folders.add(parts.slice(0, i + 1).join('/')));
  }
  const entries: FileEntry[] = [
    ...[...folders].map((path) => ({ type: 'directory', path }) as const),
    ...[...bytes].map(([path, b]) => ({ type: 'file', path, sizeBytes: b.length, executable: false }) as const),
  ];
  entries.sort(byPath);
  return {
    list: async () => entries,
    async read(path) {
      const found = bytes.get(path);
      if (!found) throw new Error(`no such file: ${path}`);
      return found;
    },
  };
}

/** The text of a file, UTF-8; a byte order mark is dropped, invalid bytes become U+FFFD. */
export async function readText(files: Files, path: string): Promise<string> {
  return new TextDecoder('utf-8').decode(await files.read(path));
}
