import type { Digest } from '../base/node.ts';
import type { Image } from './types.ts';

/** Bytes of one layer. */
export interface LayerSize {
  readonly digest: Digest;
  /** `created_by` of the history entry that made it. */
  readonly createdBy?: string;
  /** As it is pulled. */
  readonly compressed: number;
  /** Its tar. */
  readonly uncompressed: number;
}

/** The sizes of an image's layers, lowest first. Every layer is unpacked to know them. */
export async function layerSizes(image: Image): Promise<readonly LayerSize[]> {
  const sizes: LayerSize[] = [];
  for (const layer of await image.layers()) {
    const { descriptor, createdBy } = layer;
    let uncompressed = 0;
    for await (const piece of layer.tar()) uncompressed += piece.length;
    sizes.push({ digest: descriptor.digest, ...(createdBy === undefined ? {} : { createdBy }), compressed: descriptor.size, uncompressed });
  }
  return sizes;
}
