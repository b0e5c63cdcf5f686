import { applyLayer, entriesOf, newNode, nodeAt, realPath, type Gone, type TreeEntry } from '../layer/overlay.ts';
import type { ImageTree } from '../layer/flatten.ts';
import { onceFor, UserError } from '../../base/index.ts';
import { fetchingAsAsked } from '../tar/index.ts';
import type { WantsText } from './contents.ts';
import { scanLayers, type ScannedLayer } from './scan.ts';

/** All layers, one over the other, and what of the lower ones cannot be seen any more. */
export interface ScannedTree extends ImageTree {
  readonly gone: readonly Gone[];
}

/** Looks through layers for somebody who needs their tree alone. Throws as `scanLayers` does. */
export async function lookThrough<T>(
  layers: Parameters<typeof scanLayers>[0],
  wantsText: WantsText,
  use: (tree: ScannedTree) => Promise<T>,
): Promise<T> {
  const scanned = await scanLayers(layers, wantsText);
  try {
    return await fetchingAsAsked(() => use(treeOf(scanned)));
  } finally {
    for (const layer of scanned) layer.close();
  }
}

const byOffset = onceFor(
  ({ records }: ScannedLayer) => new Map(records.flatMap((it) => (it.type === 'file' ? [[it.offset, it] as const] : []))),
);

/** Of a hard link: that of its file, where that one's own name was wanted. */
function textAt({ record, content }: TreeEntry, layers: readonly ScannedLayer[]): Uint8Array | undefined {
  const layer = content && layers[content.layer];
  const file = layer && (record.type === 'file' ? record : byOffset(layer).get(content.offset));
  return file && layer.contents.text(file);
}

/** Lays scanned layers over one another. `read` has only what was wanted as text when they were scanned. */
export function treeOf(layers: readonly ScannedLayer[]): ScannedTree {
  const root = newNode();
  const gone: Gone[] = [];
  for (const [index, { records }] of layers.entries())
    applyLayer(root, records, index, (it) => {
      if (it.entry.record.type !== 'directory') gone.push(it);
    });
  const entries = new Map(entriesOf(root).sort((a, b) => (a[0] < b[0] ? -1 : 1)));
  const resolve = (path: string): string | undefined => {
    const real = realPath(root, path, true);
    const entry = nodeAt(root, real)?.entry;
    return entry && entry.record.type !== 'symlink' ? real : undefined;
  };
  return {
    entries,
    gone,
    resolve,
    async read(path) {
      const entry = entries.get(resolve(path) ?? '');
      const text = entry && textAt(entry, layers);
      if (text === undefined)
        throw new UserError(`the image has no text \`${path}\``, 'look at what it holds with `plimsoll inspect IMAGE`');
      return text;
    },
  };
}
