import { createHash } from 'node:crypto';
import type { Store } from '../../base/node.ts';
import { MEDIA } from '../spec/media-types.ts';
import { BLOCK, encodeHead, endOfTar, paddingOf } from '../tar/index.ts';
import type { BuiltLayer, LayerEntry } from '../types.ts';
import { compress } from './compress.ts';
import { readContent, scratchBuffer, sizeOf } from './content.ts';
import { settle } from './settle.ts';

export interface LayerOptions {
  /** Of every entry, whole seconds since the epoch. */
  readonly mtimeSeconds: number;
  /** For the history: what this layer is, in words. */
  readonly createdBy: string;
  /** Paths of lower layers that are gone in this one, with all below them; none of them is among the entries. */
  readonly hidden?: readonly string[];
}

/**
 * Makes a layer, tar and gzip, and puts it in the store. Order, parents, owners and times are settled here and nowhere
 * else: the same entries in any order give the same digest on every machine. Large layers are compressed in a thread of
 * their own, so several can be made at once. Files on disk are streamed.
 * Throws UserError for entries that make no layer (`settle`) and for a file that changed or vanished.
 */
export async function writeLayer(entries: Iterable<LayerEntry>, options: LayerOptions, store: Store): Promise<BuiltLayer> {
  const settled = settle(entries, options.hidden);
  const hash = createHash('sha256');
  let uncompressedSize = 0;
  async function* tar(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of tarOf(settled, options.mtimeSeconds)) {
      hash.update(piece);
      uncompressedSize += piece.length;
      yield piece;
    }
  }
  const aboutBytes = settled.reduce((sum, entry) => sum + BLOCK + contentSize(entry), 0);
  const blob = await store.put(compress(tar(), aboutBytes));
  return {
    descriptor: { mediaType: MEDIA.layerGzip, digest: blob.digest, size: blob.sizeBytes },
    diffId: `sha256:${hash.digest('hex')}`,
    uncompressedSize,
    createdBy: options.createdBy,
  };
}

const ZEROS = new Uint8Array(BLOCK);

async function* tarOf(entries: readonly LayerEntry[], mtimeSeconds: number): AsyncGenerator<Uint8Array, void, undefined> {
  const scratch = scratchBuffer();
  for (const entry of entries) {
    const sizeBytes = contentSize(entry);
    const { path, type, mode, uid, gid } = entry;
    const target = entry.type === 'symlink' || entry.type === 'hardlink' ? { target: entry.target } : {};
    yield encodeHead({ path, type, mode, uid, gid, sizeBytes, mtimeSeconds, ...target });
    if (entry.type === 'file') yield* readContent(entry.content, scratch);
    if (paddingOf(sizeBytes) > 0) yield ZEROS.subarray(0, paddingOf(sizeBytes));
  }
  yield endOfTar();
}

const contentSize = (entry: LayerEntry): number => (entry.type === 'file' ? sizeOf(entry.content) : 0);
