import { UserError } from '../../base/index.ts';
import type { ImageLayer } from '../types.ts';
import { applyLayer, newNode, nodeAt, realPath, type KeptRecord, type Node, type TreeEntry } from './overlay.ts';
import { readLayerEntries, type LayerRecord } from './read.ts';
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
      return tars.slice(found.content.layer, found.content.offset, found.sizeBytes);
    },
  };
}

function kept(record: LayerRecord): KeptRecord {
  if (record.type !== 'file') return record;
  const { content: _, ...rest } = record;
  return rest;
}

function entriesOf(node: Node): [string, TreeEntry][] {
  const found: [string, TreeEntry][] = [];
  // A list instead of recursion: depth is the image's choice.
  for (const todo = [node]; todo.length > 0;) {
    const { entry, children } = todo.pop()!;
    if (entry) found.push([entry.record.path, entry]);
    for (const child of children.values()) todo.push(child);
  }
  return found;
}
