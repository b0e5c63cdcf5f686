import { DIGEST_FROM, type FileRecord, type Gone, type ScannedLayer, type ScannedTree, type TreeEntry } from '../image/index.ts';
import type { Waste, WasteHow } from './types.ts';

/** Content of layers that nobody sees: no path of the tree leads to it any more. Largest first. */
export function wasteIn(tree: ScannedTree, layers: readonly ScannedLayer[]): readonly Waste[] {
  const seen = new Set([...tree.entries.values()].map(({ content }) => content));
  const found = new Map<NonNullable<TreeEntry['content']>, Waste>();
  // What was taken away last tells why: a file with two names goes with the second.
  for (const gone of tree.gone) {
    const { content, sizeBytes, record } = gone.entry;
    if (!content || seen.has(content) || sizeBytes === 0) continue;
    found.set(content, { path: record.path, sizeBytes, layer: content.layer, by: gone.layer, how: howOf(gone, tree, layers) });
  }
  return [...found.values()].toSorted((a, b) => b.sizeBytes - a.sizeBytes || (a.path < b.path ? -1 : 1));
}

function howOf(gone: Gone, tree: ScannedTree, layers: readonly ScannedLayer[]): WasteHow {
  const { entry, layer } = gone;
  const now = replacementOf(gone, tree);
  if (!now) return 'deleted';
  const before = entry.record;
  if (before.type !== 'file' || now.sizeBytes !== before.sizeBytes) return 'overwritten';
  const sameOwner = before.mode === now.mode && before.uid === now.uid && before.gid === now.gid;
  if (before.sizeBytes < DIGEST_FROM) return sameOwner ? 'overwritten' : 'owner or mode changed';
  const [was, is] = [layers[entry.layer]?.contents.digest(before), layers[layer]?.contents.digest(now)];
  if (was === undefined || was !== is) return 'overwritten';
  return sameOwner ? 'written again unchanged' : 'owner or mode changed';
}

/** The file that stands there instead, by that same layer. */
function replacementOf({ entry, by, layer }: Gone, tree: ScannedTree): FileRecord | undefined {
  if (by.type === 'file') return by;
  const now = tree.entries.get(entry.record.path);
  return now?.layer === layer && now.record.type === 'file' ? now.record : undefined;
}
