import { brokenTar, readHeads, readTar, type Bytes, type Place, type PlacedHead, type SparseMap } from '../tar/index.ts';
import type { EntryHead } from '../types.ts';
import { OPAQUE_NAME, WHITEOUT_PREFIX } from './whiteout.ts';

interface RecordHead extends EntryHead {
  readonly mtimeSeconds: number;
  readonly xattrs?: ReadonlyMap<string, Uint8Array>;
}

/** What lies at a path. `path` is relative and plain; the root itself is the empty path. */
export type TreeRecord =
  /** `offset`: of the content in its layer's tar, in bytes; `sparse` where that has not all of it. */
  | (RecordHead & { readonly type: 'file'; readonly sizeBytes: number; readonly offset: number; readonly sparse?: SparseMap })
  | (RecordHead & { readonly type: 'directory' })
  | (RecordHead & { readonly type: 'symlink'; readonly target: string })
  /** `target` is a path in the same tree, relative and plain. */
  | (RecordHead & { readonly type: 'hardlink'; readonly target: string })
  | (RecordHead & { readonly type: 'character' | 'block'; readonly device: { readonly major: number; readonly minor: number } })
  | (RecordHead & { readonly type: 'fifo' });

/** One record of a layer: what it puts at a path, or what it takes away. */
export type KeptRecord =
  | TreeRecord
  /** `path` of lower layers is gone, with all below it. */
  | { readonly type: 'whiteout'; readonly path: string }
  /** What lower layers have below the directory `path` is gone. */
  | { readonly type: 'opaque'; readonly path: string };

/** One record as it was read, with its content, which can be read only in passing. */
export type LayerRecord =
  | Exclude<KeptRecord, { type: 'file' }>
  | (Extract<KeptRecord, { type: 'file' }> & { content(): AsyncIterable<Uint8Array> });

/**
 * The records of a layer's tar as they come. Contents can be read only before the next record is asked for.
 * Throws EnvironmentError for a broken tar and for a path or hard link that leaves the layer.
 */
export async function* readLayerEntries(tar: Bytes, name = 'layer'): AsyncGenerator<LayerRecord, void, undefined> {
  for await (const entry of readTar(tar, name)) {
    const record = recordOf(entry, name);
    yield record.type === 'file' ? { ...record, content: entry.content } : record;
  }
}

/** The records of a layer's tar that lies in a file, whose contents are jumped over. Errors as `readLayerEntries`. */
export function* readLayerHeads(place: Place, name = 'layer'): Generator<KeptRecord, void, undefined> {
  for (const head of readHeads(place, name)) yield recordOfHead(head, name);
}

/** What a header of a layer's tar says, as `recordOf`, without a copy where it is its own record. */
export const recordOfHead = (head: PlacedHead, name: string): KeptRecord => (isRecord(head) ? head : recordOf(head, name));

/** Empty parts, `.` and `..`. */
const UNPLAIN = /(?:^|\/)\.{0,2}(?:\/|$)/;

/** Linux, limits.h, PATH_MAX: nothing longer can be unpacked. */
const PATH_LIMIT = 4096;

/** Most entries are files with plain names: they are their own records. */
const isRecord = (head: PlacedHead): head is PlacedHead & { readonly type: 'file' } =>
  head.type === 'file' && head.path.length <= PATH_LIMIT && !UNPLAIN.test(head.path) && !head.path.includes(WHITEOUT_PREFIX);

/** What an entry of a layer's tar says. Throws EnvironmentError for one that leaves the layer. */
export function recordOf(entry: PlacedHead, name: string): KeptRecord {
  if (entry.path.length > PATH_LIMIT || (entry.target?.length ?? 0) > PATH_LIMIT)
    throw brokenTar(name, entry.offset, `a path longer than ${PATH_LIMIT}`);
  const path = plain(entry.path, name, entry);
  const slash = path.lastIndexOf('/') + 1;
  const base = path.slice(slash);
  if (base === OPAQUE_NAME) return { type: 'opaque', path: path.slice(0, Math.max(0, slash - 1)) };
  if (base.startsWith(WHITEOUT_PREFIX)) {
    const hidden = plain(path.slice(0, slash) + base.slice(WHITEOUT_PREFIX.length), name, entry);
    // AUFS' own bookkeeping (`.wh..wh.plnk`) names nothing; a bare `.wh.` would name the directory itself.
    if (base === WHITEOUT_PREFIX) return escapes(name, entry, path);
    return { type: 'whiteout', path: hidden };
  }
  const { mode, uid, gid, mtimeSeconds, xattrs } = entry;
  const head = xattrs ? { path, mode, uid, gid, mtimeSeconds, xattrs } : { path, mode, uid, gid, mtimeSeconds };
  switch (entry.type) {
    case 'file':
      return { ...head, type: 'file', sizeBytes: entry.sizeBytes, offset: entry.offset, ...(entry.sparse ? { sparse: entry.sparse } : {}) };
    case 'symlink':
      return { ...head, type: 'symlink', target: entry.target ?? '' };
    case 'hardlink':
      return { ...head, type: 'hardlink', target: plain(entry.target ?? '', name, entry) };
    case 'character':
    case 'block':
      return { ...head, type: entry.type, device: entry.device ?? { major: 0, minor: 0 } };
    default:
      return { ...head, type: entry.type };
  }
}

/** Without `/` in front, `.` and empty parts; undefined when it has `..`: nobody writes that in good faith. */
function plainPath(path: string): string | undefined {
  if (!UNPLAIN.test(path)) return path;
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') ? undefined : parts.join('/');
}

const plain = (path: string, name: string, entry: PlacedHead): string => plainPath(path) ?? escapes(name, entry, path);

function escapes(name: string, entry: PlacedHead, path: string): never {
  throw brokenTar(name, entry.offset, `\`${path.slice(0, 200)}\` leaves the layer`);
}
