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
  const kept = new Map<number, Uint8Array>();
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
    kept.set(index, Buffer.concat(pieces));
    room -= size;
  }
  return {
    reading,
    async slice(index, offset, sizeBytes) {
      const tar = kept.get(index);
      return tar ? tar.subarray(offset, offset + sizeBytes) : cut(layers[index]!.tar(), offset, sizeBytes);
    },
  };
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
