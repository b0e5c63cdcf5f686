import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { unxz } from '../../../base/node.ts';
import { unzstd } from '../../../image/index.ts';
import type { Compression } from './format.ts';
import { HELD, held, within, type Room } from './room.ts';

/** What a compressed file holds. Throws EnvironmentError, or zlib's errors, where it is broken or too large. */
export async function* unpacked(
  content: AsyncIterable<Uint8Array>,
  compression: Compression,
  room: Room,
): AsyncGenerator<Uint8Array, void, undefined> {
  let packed = 0;
  async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of content) {
      packed += piece.length;
      yield piece;
    }
  }
  yield* within(room, OPEN[compression](counted()), () => packed);
}

const OPEN: Readonly<Record<Compression, (content: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>>> = {
  gzip: (content) => pipeline(Readable.from(content, { objectMode: false }), createGunzip({ chunkSize: 1 << 18 }), () => {}),
  zstd: (content) => unzstd(content, 'it'),
  async *xz(content) {
    yield await unxz(await held(content), 'it', HELD);
  },
};
