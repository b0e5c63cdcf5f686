import { EnvironmentError, UserError } from '../../base/index.ts';
import type { ImageLayer } from '../types.ts';
import { applyLayer, entriesOf, newNode, nodeAt, realPath, type TreeEntry } from './overlay.ts';
import { readLayerEntries, type KeptRecord, type LayerRecord } from './read.ts';
import type { SparseMap } from '../tar/index.ts';
import { layerTars } from './tars.ts';

/** All layers of an image, one over the other. */
export interface ImageTree {
  /** By path, relative and plain; sorted (code units). The root itself is not in it. */
  readonly entries: ReadonlyMap<string, TreeEntry>;
  /** The path at which `path` (absolute or relative to the root) ends, links followed with the image as root; undefined when nothing is there. */
  resolve(path: string): string | undefined;
  /** The bytes of a regular file, links followed. Throws UserError when it is not there or is none. */
  read(path: string): Promise<Uint8Array>;
}

/**
 * Reads each layer once, lowest first. Tars up to 256 MiB together stay in memory for `read`; what lies in larger images
 * is read again from its layer.
 * Throws EnvironmentError when a layer is broken or does not match its digest.
 */
export async function flatten(layers: readonly Pick<ImageLayer, 'tar'>[]): Promise<ImageTree> {
  const tars = layerTars(layers);
  const root = newNode();
  for (const index of layers.keys()) {
    const records: KeptRecord[] = [];
    for await (const record of readLayerEntries(tars.reading(index), `layer ${index + 1}`)) records.push(kept(record));
    applyLayer(root, records, index);
  }
  const resolve = (path: string): string | undefined => {
    const real = realPath(root, path, true);
    const entry = nodeAt(root, real)?.entry;
    return entry && entry.record.type !== 'symlink' ? real : undefined;
  };
  return {
    entries: new Map(entriesOf(root).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    resolve,
    async read(path) {
      const found = nodeAt(root, resolve(path) ?? [])?.entry;
      if (!found?.content)
        throw new UserError(`the image has no file \`${path}\``, 'look at what it holds with `plimsoll compare IMAGE IMAGE`', {
          file: path,
        });
      const { layer, offset, sparse } = found.content;
      if (!sparse) return tars.slice(layer, offset, found.sizeBytes);
      return filled(await tars.slice(layer, offset, sparse.storedBytes), sparse, found.sizeBytes);
    },
  };
}

function kept(record: LayerRecord): KeptRecord {
  if (record.type !== 'file') return record;
  const { content: _, ...rest } = record;
  return rest;
}

/** The largest sparse file that is laid out in memory, in bytes: its holes cost nothing in an image. */
const SPARSE_LIMIT = 256 * 1024 * 1024;

function filled(stored: Uint8Array, { pieces }: SparseMap, sizeBytes: number): Uint8Array {
  if (sizeBytes > SPARSE_LIMIT)
    throw new EnvironmentError(`a sparse file of ${sizeBytes} bytes is too large to be read`, 'leave it out of the image');
  const whole = new Uint8Array(sizeBytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(stored.subarray(at, at + piece.sizeBytes), piece.offset);
    at += piece.sizeBytes;
  }
  return whole;
}
