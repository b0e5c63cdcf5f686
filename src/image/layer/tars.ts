import type { ImageLayer } from '../types.ts';

/** Layers' tars that stay in memory for one tree, together, in bytes. */
const MEMORY = 256 * 1024 * 1024;

/** The uncompressed tars of an image's layers, each kept in memory when it is read first, as far as there is room. */
export interface LayerTars {
  /** The whole tar. */
  reading(index: number): AsyncIterable<Uint8Array>;
  /** A part of a tar that has been read. */
  slice(index: number, offset: number, sizeBytes: number): Promise<Uint8Array>;
}

export function layerTars(layers: readonly Pick<ImageLayer, 'tar'>[], memory: number = MEMORY): LayerTars {
  const kept = new Map<number, Pieces>();
  let room = memory;

  async function* reading(index: number): AsyncGenerator<Uint8Array, void, undefined> {
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of layers[index]!.tar()) {
      size += piece.length;
      if (size <= room) pieces.push(piece);
      else pieces.length = 0;
      yield piece;
    }
    if (size > room) return;
    kept.set(index, placed(pieces));
    room -= size;
  }
  return {
    reading,
    async slice(index, offset, sizeBytes) {
      const tar = kept.get(index);
      return tar ? between(tar, offset, sizeBytes) : cut(layers[index]!.tar(), offset, sizeBytes);
    },
  };
}

/** A tar as it came, without a second copy of it: for each piece where it begins. */
interface Pieces {
  readonly starts: readonly number[];
  readonly pieces: readonly Uint8Array[];
}

function placed(pieces: readonly Uint8Array[]): Pieces {
  let at = 0;
  const starts = pieces.map((piece) => (at += piece.length) - piece.length);
  return { starts, pieces };
}

function between({ starts, pieces }: Pieces, offset: number, sizeBytes: number): Uint8Array {
  // The last piece that begins at the offset or before it.
  let [low, high] = [0, pieces.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  const found: Uint8Array[] = [];
  for (let index = low; index < pieces.length && starts[index]! < offset + sizeBytes; index += 1)
    found.push(pieces[index]!.subarray(Math.max(0, offset - starts[index]!), offset + sizeBytes - starts[index]!));
  return found.length === 1 ? found[0]! : Buffer.concat(found);
}

async function cut(tar: AsyncIterable<Uint8Array>, offset: number, sizeBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for await (const piece of tar) {
    const part = piece.subarray(Math.max(0, offset - at), Math.max(0, offset + sizeBytes - at));
    if (part.length > 0) pieces.push(part);
    at += piece.length;
    if (at >= offset + sizeBytes) break;
  }
  return Buffer.concat(pieces);
}
