import { createHash } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../../base/node.ts';
import { NotFetched, zeros, type Bytes, type JumpedTar, type Range } from '../tar/index.ts';
import type { RegistryJob } from './job.ts';
import type { RangedBlob } from './ranges.ts';

/** A part of a file that is compressed by itself, or with others, as a table of contents says. */
export interface Chunk {
  /** Where its content is in the tar, in bytes. */
  readonly at: number;
  readonly sizeBytes: number;
  /** Where what it is compressed in begins in the blob, and ends. No bytes at all: it is zeros. */
  readonly from: number;
  readonly to: number;
  /** Where it begins in what that unpacks to. */
  readonly inner: number;
  readonly digest: Digest;
}

/** Bytes that are unpacked or written at once. */
const STEP = 256 * 1024;

/** How chunks are had. */
interface Source {
  readonly parts: RangedBlob;
  readonly job: RegistryJob;
  /** What was compressed. May throw where it is broken. */
  unpack(packed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  fail(what: string): Error;
}

/**
 * Contents by their chunks, in the order of `at`: those that are wanted are fetched, unpacked and checked once, and lie
 * then in a file with holes, so that none is ever in memory as a whole. Throws what `fail` makes of it where a chunk is
 * another one.
 */
export async function contentsInChunks(
  chunks: readonly Chunk[],
  { parts, job, unpack, fail }: Source,
): Promise<Required<Pick<JumpedTar, 'readAt' | 'prepare' | 'saidDigest' | 'close'>>> {
  const file = openSync(join(await job.store.temporary(), 'contents'), 'w+', 0o600);
  const last = chunks.at(-1);
  ftruncateSync(file, last ? last.at + last.sizeBytes : 0);
  const here = new Uint8Array(chunks.length);
  let misses = 0;
  const missing = (wanted: readonly Range[]): readonly number[] =>
    [...new Set(wanted.flatMap((range) => within(chunks, range)))].filter((index) => here[index] === 0);
  const prepare = async (wanted: readonly Range[]): Promise<void> => {
    const needed = missing(wanted);
    const ranges = needed.map((index) => ({ offset: chunks[index]!.from, sizeBytes: chunks[index]!.to - chunks[index]!.from }));
    if (!(await parts.fetch(ranges))) throw fail('it came in parts before, and does not any more');
    for (const index of needed) {
      const chunk = chunks[index]!;
      const bytes = chunk.from === chunk.to ? zeros(chunk.sizeBytes) : cut(sound(unpack(piecesOf(parts, chunk))), chunk);
      if ((await written(bytes, chunk, file)) !== chunk.digest)
        throw fail(`the chunk at byte ${chunk.from} is not ${chunk.digest}, as its table of contents says`);
      here[index] = 1;
    }
  };
  /** Of what nobody foresaw: that alone, the next time all. */
  const prepareMissing = (range: Range): Promise<void> => {
    misses += 1;
    return prepare([misses === 1 || !last ? range : { offset: 0, sizeBytes: last.at + last.sizeBytes }]);
  };
  return {
    prepare,
    readAt(into, offset) {
      const range = { offset, sizeBytes: into.length };
      if (missing([range]).length > 0) throw new NotFetched(() => prepareMissing(range));
      return readSync(file, into, 0, into.length, offset);
    },
    saidDigest({ offset, sizeBytes }) {
      const chunk = chunks[chunkAt(chunks, offset)];
      return chunk?.at === offset && chunk.sizeBytes === sizeBytes ? chunk.digest : undefined;
    },
    close() {
      closeSync(file);
      parts.close();
    },
  };
}

/** Bytes of a blob that are here. */
export async function* piecesOf(parts: RangedBlob, { from, to }: Pick<Chunk, 'from' | 'to'>): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = from; at < to; at += STEP) {
    const piece = Buffer.alloc(Math.min(STEP, to - at));
    parts.readAt(piece, at);
    yield piece;
  }
}

/** As far as it can be unpacked: that it is too little its digest says. */
async function* sound(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* bytes;
  } catch {
    // See above.
  }
}

/** A chunk of what it was compressed with. Nothing after it is unpacked. */
async function* cut(bytes: AsyncIterable<Uint8Array>, { inner, sizeBytes }: Chunk): AsyncGenerator<Uint8Array, void, undefined> {
  let at = 0;
  for await (const piece of bytes) {
    const part = piece.subarray(Math.max(0, inner - at), Math.max(0, inner + sizeBytes - at));
    at += piece.length;
    if (part.length > 0) yield part;
    if (at >= inner + sizeBytes) return;
  }
}

/** Writes a chunk, zeros as a hole, and gives its digest. */
async function written(bytes: Bytes, { at, from, to }: Chunk, file: number): Promise<Digest> {
  const hash = createHash('sha256');
  let offset = at;
  for await (const piece of bytes) {
    hash.update(piece);
    if (from < to) writeSync(file, piece, 0, piece.length, offset);
    offset += piece.length;
  }
  return `sha256:${hash.digest('hex')}`;
}

/** The chunks that a part of the tar is in. */
function within(chunks: readonly Chunk[], { offset, sizeBytes }: Range): readonly number[] {
  const found: number[] = [];
  if (sizeBytes === 0) return found;
  for (let index = chunkAt(chunks, offset); index < chunks.length && chunks[index]!.at < offset + sizeBytes; index += 1) found.push(index);
  return found;
}

/** The chunk that holds a place, or the first after it. */
function chunkAt(chunks: readonly Chunk[], offset: number): number {
  let [low, high] = [0, chunks.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (chunks[middle]!.at + chunks[middle]!.sizeBytes > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
