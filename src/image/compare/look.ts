import { isForPackages } from '../packages/index.ts';
import { compressionOf } from '../spec/media-types.ts';
import { scanLayers, treeOf, type ScannedLayer } from '../scan/index.ts';
import { fetchingAsAsked } from '../tar/index.ts';
import type { Image, ImageLayer } from '../types.ts';
import { neededDigests } from './digests.ts';
import { summaryOf, type ImageSummary, type LookedThrough } from './summary.ts';

/**
 * Looks through two images for what is compared. A layer that both have is looked through once, where that takes no
 * fetching if it can be; of contents only those are read that may differ. What need not be unpacked is not checked
 * against its digest. Throws EnvironmentError where an image is broken.
 */
export async function summariesOf(before: Image, after: Image): Promise<readonly [ImageSummary, ImageSummary]> {
  const distinct = new Map<string, ImageLayer>();
  for (const layer of [...(await before.layers()), ...(await after.layers())])
    if (!distinct.get(keyOf(layer)) || !layer.fetch) distinct.set(keyOf(layer), layer);
  const toScan = [...distinct.values()].map((layer) => ({ ...layer, name: `layer ${layer.descriptor.digest}` }));
  const scanned = await scanLayers(toScan, isForPackages, 'digests');
  const byKey = new Map([...distinct.keys()].map((key, i) => [key, scanned[i]!]));
  try {
    return await fetchingAsAsked(async () => {
      const [old, fresh] = [await lookedThrough(before, byKey), await lookedThrough(after, byKey)];
      const [oldDigests, freshDigests] = await neededDigests(old, fresh);
      return [await summaryOf(old, oldDigests), await summaryOf(fresh, freshDigests)];
    });
  } finally {
    for (const layer of scanned) layer.close();
  }
}

/** By the blob, and not by the config's word alone: that is checked only where the layer is unpacked. */
const keyOf = ({ descriptor: { digest, mediaType }, diffId }: ImageLayer): string => `${digest} ${compressionOf(mediaType)} ${diffId}`;

async function lookedThrough(image: Image, byKey: ReadonlyMap<string, ScannedLayer>): Promise<LookedThrough> {
  const layers = await image.layers();
  const scanned = layers.map((layer) => byKey.get(keyOf(layer))!);
  return {
    digest: await image.digest(),
    config: await image.config(),
    layers: layers.map(({ descriptor: { digest, size } }) => ({ digest, compressed: size })),
    scanned,
    tree: treeOf(scanned),
  };
}
