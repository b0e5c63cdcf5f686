import type { Image, ImageLayer } from '../image/index.ts';

/** Tars that are kept, together, in bytes. Three gates read each layer; to unpack and to hash it is the larger part of that. */
const ROOM = 192 * 1024 * 1024;

/** The same image, whose layers are decompressed and checked once; as far as there is room their tars stay in memory. */
export function readOnce(image: Image): Image {
  let room = ROOM;
  let layers: Promise<readonly ImageLayer[]> | undefined;

  const keeping = (layer: ImageLayer): ImageLayer => {
    let kept: readonly Uint8Array[] | undefined;
    async function* tar(): AsyncGenerator<Uint8Array, void, undefined> {
      if (kept) return yield* kept;
      const pieces: Uint8Array[] = [];
      let size = 0;
      for await (const piece of layer.tar()) {
        size += piece.length;
        if (size <= room) pieces.push(piece);
        else pieces.length = 0;
        yield piece;
      }
      if (kept || size > room) return;
      kept = pieces;
      room -= size;
    }
    return { ...layer, tar };
  };
  return { ...image, layers: () => (layers ??= image.layers().then((all) => all.map(keeping))) };
}
