export type TarType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'character' | 'block' | 'fifo';

/** What of a sparse file stands in the tar, one after the other: the rest of it is zeros. */
export interface SparseMap {
  readonly storedBytes: number;
  readonly pieces: readonly { readonly offset: number; readonly sizeBytes: number }[];
}

/** What a tar says of one entry. `path` and `target` are as they stand there; `path` without a trailing `/`. */
export interface TarHead {
  readonly path: string;
  readonly type: TarType;
  /** Permission bits with setuid, setgid and sticky: 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content; 0 for everything but files. */
  readonly sizeBytes: number;
  /** Of a file whose holes are left out in the tar. */
  readonly sparse?: SparseMap;
  /** May have a fraction or be negative. */
  readonly mtimeSeconds: number;
  /** Of symbolic and hard links. */
  readonly target?: string;
  /** Of character and block devices. */
  readonly device?: { readonly major: number; readonly minor: number };
  /** Values are bytes: `security.capability` is no text. */
  readonly xattrs?: ReadonlyMap<string, Uint8Array>;
}

/** An entry that was read. */
export interface TarEntry extends TarHead {
  /** Where the content begins, in bytes from the start of the tar. */
  readonly offset: number;
  /** The content, readable once and only before the next entry is asked for; what is left unread is skipped. */
  content(): AsyncIterable<Uint8Array>;
}

/** Unit of a tar, in bytes: POSIX.1-2024, pax, "ustar Interchange Format". */
export const BLOCK = 512;

/** Bytes that an entry's content takes in the tar, without the padding. */
export const storedBytes = ({ sizeBytes, sparse }: Pick<TarHead, 'sizeBytes' | 'sparse'>): number => sparse?.storedBytes ?? sizeBytes;

/** Zero bytes that fill content up to the next block. */
export const paddingOf = (sizeBytes: number): number => (BLOCK - (sizeBytes % BLOCK)) % BLOCK;
