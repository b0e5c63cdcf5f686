import { sha256 } from '../../base/node.ts';
import type { Descriptor } from '../types.ts';

/** Bytes by their descriptor, read when they are asked for. */
export interface Blob {
  readonly descriptor: Descriptor;
  read(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** A document as a blob. */
export function inMemory(mediaType: string, bytes: Uint8Array): Blob {
  return { descriptor: { mediaType, digest: sha256(bytes), size: bytes.length }, read: () => [bytes] };
}
