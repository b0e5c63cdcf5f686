import { shape } from '../../base/index.ts';
import { isDigest, type Digest } from '../../base/node.ts';
import type { PlacedHead, TarHead } from '../tar/index.ts';
import type { Chunk } from './chunks.ts';
import { tableIn } from './toc.ts';

/** What a table of contents says. Offsets are of a tar without headers: one content after the other. */
export interface Toc {
  readonly heads: readonly PlacedHead[];
  /** In the order of `at`. */
  readonly chunks: readonly Chunk[];
  readonly contentBytes: number;
}

const { mapOf, matching, object, text, whole } = shape;
const TYPES: Readonly<Record<string, TarHead['type']>> = {
  dir: 'directory',
  reg: 'file',
  symlink: 'symlink',
  hardlink: 'hardlink',
  char: 'character',
  block: 'block',
  fifo: 'fifo',
};
/** stargz-snapshotter, docs/estargz.md, "TOCEntry". */
const entryShape = object(
  { name: text, type: matching((it) => it in TYPES || it === 'chunk', 'a type of entry') },
  {
    size: whole,
    modtime: text,
    linkName: text,
    mode: whole,
    uid: whole,
    gid: whole,
    devMajor: whole,
    devMinor: whole,
    xattrs: mapOf(text),
    offset: whole,
    innerOffset: whole,
    chunkOffset: whole,
    chunkSize: whole,
    chunkDigest: matching(isDigest, 'a digest'),
  },
);

/** As it stands there; of Go's, an absent number is 0. */
interface Entry {
  readonly name: string;
  readonly type: string;
  readonly size?: number;
  readonly modtime?: string;
  readonly linkName?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly devMajor?: number;
  readonly devMinor?: number;
  readonly xattrs?: Readonly<Record<string, string>> | null;
  readonly offset?: number;
  readonly innerOffset?: number;
  readonly chunkOffset?: number;
  readonly chunkSize?: number;
  readonly chunkDigest?: Digest;
}

/** Reads a table of contents; undefined where it is none, or does not hold together. `end`: where it begins in the blob. */
export function readToc(bytes: Uint8Array, end: number): Toc | undefined {
  const table = tableIn<{ readonly entries: readonly Entry[] }>(bytes, entryShape);
  if (!table) return undefined;
  const { entries } = table;
  const members = [...new Set(entries.flatMap(({ offset }) => (offset ? [offset] : []))), end].toSorted((a, b) => a - b);
  const nextAfter = new Map(members.map((member, i) => [member, members[i + 1] ?? end]));
  const heads: PlacedHead[] = [];
  const chunks: Chunk[] = [];
  let [at, left] = [0, 0];
  for (const entry of entries) {
    const { type, size = 0, offset = 0, innerOffset: inner = 0, chunkSize = 0, chunkDigest: digest } = entry;
    if (type !== 'chunk') {
      if (left > 0) return undefined;
      heads.push(headOf(entry, at));
      left = type === 'reg' ? size : 0;
    }
    if (left === 0) continue;
    // The last chunk's size is what is left.
    const sizeBytes = chunkSize === 0 ? left : chunkSize;
    if (sizeBytes > left || !digest || offset === 0 || offset >= end) return undefined;
    chunks.push({ at, sizeBytes, from: offset, to: nextAfter.get(offset) ?? end, inner, digest });
    at += sizeBytes;
    left -= sizeBytes;
  }
  return left === 0 ? { heads, chunks, contentBytes: at } : undefined;
}

function headOf(entry: Entry, offset: number): PlacedHead {
  const { name, type: said, size = 0, mode = 0, uid = 0, gid = 0, modtime = '', linkName = '', xattrs } = entry;
  const type = TYPES[said]!;
  const isLink = type === 'symlink' || type === 'hardlink';
  const attributes = Object.entries(xattrs ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')] as const);
  return {
    // `/` at the end of a folder's name is left out, as in a tar's.
    path: name.length > 1 ? name.replace(/\/$/, '') : name,
    type,
    mode: mode & 0o7777,
    uid,
    gid,
    sizeBytes: type === 'file' ? size : 0,
    mtimeSeconds: (Date.parse(modtime) || 0) / 1000,
    offset,
    ...(isLink ? { target: linkName } : {}),
    ...(type === 'character' || type === 'block' ? { device: { major: entry.devMajor ?? 0, minor: entry.devMinor ?? 0 } } : {}),
    ...(attributes.length > 0 ? { xattrs: new Map(attributes) } : {}),
  };
}
