import { createHash } from 'node:crypto';
import type { Store } from '../../base/node.ts';
import { layerKey, type Descriptor, type Measured, type MeasuredLayers } from '../../image/index.ts';

const KIND = 'layer';

const recordOf = (layer: Descriptor): string => createHash('sha256').update(layerKey(layer)).digest('hex');

/** What earlier builds counted of these layers: a base's is the same each time, so it is unpacked once. */
export async function recallLayers(store: Store, layers: readonly Descriptor[]): Promise<MeasuredLayers> {
  const found: MeasuredLayers = new Map();
  for (const layer of layers) {
    const measured = await store.recall<Measured>(KIND, recordOf(layer));
    if (measured) found.set(layerKey(layer), Promise.resolve(measured));
  }
  return found;
}

/** Keeps what was counted of layers that are sound. */
export async function rememberLayers(store: Store, layers: readonly Descriptor[], measured: MeasuredLayers): Promise<void> {
  for (const layer of layers) {
    const value = await measured.get(layerKey(layer));
    if (value?.problems.length === 0) await store.remember(KIND, recordOf(layer), { value, blobs: [] });
  }
}
