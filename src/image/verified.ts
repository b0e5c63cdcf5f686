import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { EnvironmentError, messageOf } from '../base/index.ts';
import type { Digest } from '../base/node.ts';
import { compressionOf } from './spec/media-types.ts';
import type { Bytes } from './tar/index.ts';
import type { Descriptor } from './types.ts';
import { unzstd } from './zstd.ts';

const DAMAGED = 'the image is damaged: make it or fetch it again';

const damaged = (what: string): EnvironmentError => new EnvironmentError(what, DAMAGED);

export const unlike = (digest: Digest, actual: string): string => `blob ${digest} does not match its digest: it is ${actual}`;

/**
 * Passes bytes on and checks size and digest when they end; stops as soon as there are too many.
 * Throws on a mismatch what `fail` makes of it, by default an EnvironmentError.
 */
export async function* verified(
  bytes: Bytes,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
  fail: (what: string) => Error = damaged,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('sha256');
  for await (const piece of counted(bytes, { digest, size }, fail)) {
    hash.update(piece);
    yield piece;
  }
  const actual: Digest = `sha256:${hash.digest('hex')}`;
  if (actual !== digest) throw fail(unlike(digest, actual));
}

/** The same, of the size alone. */
export async function* counted(
  bytes: Bytes,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
  fail: (what: string) => Error = damaged,
): AsyncGenerator<Uint8Array, void, undefined> {
  let seen = 0;
  for await (const piece of bytes) {
    seen += piece.length;
    if (seen > size) throw fail(`blob ${digest} is longer than its ${size} bytes`);
    yield piece;
  }
  if (seen < size) throw fail(`blob ${digest} has ${seen} bytes instead of ${size}`);
}

/** A layer may expand to 100 times its blob, or 256 MiB: more is a bomb (real layers: 2 to 5 times). */
const EXPANSION = 100;
const EXPANSION_FREE = 256 * 1024 * 1024;
/** Bytes that a layer of so many may expand to. */
export const expansionLimit = (size: number): number => Math.max(EXPANSION_FREE, size * EXPANSION);

/** A layer's blob; `digest` is what errors call it. */
type Blob = Pick<Descriptor, 'mediaType' | 'size'> & { readonly digest: string };

/**
 * The tar inside a layer's blob; with `diffId`, its digest is checked at the end.
 * Throws EnvironmentError for a stream that is broken, too large or not the one named.
 */
export async function* decompressed(
  blob: AsyncIterable<Uint8Array>,
  descriptor: Blob,
  diffId?: Digest,
): AsyncGenerator<Uint8Array, void, undefined> {
  // A plain tar is its own diff id, and `blob` is checked against that already.
  if (compressionOf(descriptor.mediaType) === 'none' && diffId === descriptor.digest) return yield* blob;
  const hash = createHash('sha256');
  const limit = expansionLimit(descriptor.size);
  let seen = 0;
  for await (const piece of expand(blob, descriptor)) {
    seen += piece.length;
    if (seen > limit)
      throw new EnvironmentError(
        `layer ${descriptor.digest} expands to more than ${limit} bytes`,
        'it looks like a decompression bomb; do not use this image',
      );
    hash.update(piece);
    yield piece;
  }
  const actual: Digest = `sha256:${hash.digest('hex')}`;
  if (diffId !== undefined && actual !== diffId)
    throw new EnvironmentError(`layer ${descriptor.digest} unpacks to ${actual}, the config says ${diffId}`, DAMAGED);
}

function expand(blob: AsyncIterable<Uint8Array>, descriptor: Blob): AsyncIterable<Uint8Array> {
  switch (compressionOf(descriptor.mediaType)) {
    case 'none':
      return blob;
    case 'gzip':
      return gunzip(blob, descriptor.digest);
    case 'zstd':
      return unzstd(blob, `layer ${descriptor.digest}`);
    default:
      throw new EnvironmentError(`layer ${descriptor.digest} has media type \`${descriptor.mediaType}\`, which is no layer's`, DAMAGED);
  }
}

async function* gunzip(blob: AsyncIterable<Uint8Array>, digest: string): AsyncGenerator<Uint8Array, void, undefined> {
  const { createGunzip } = await import('node:zlib'); // many images have nothing to unpack
  // Errors come out of the iteration, the source's own among them.
  const stream = pipeline(Readable.from(blob, { objectMode: false }), createGunzip({ chunkSize: 256 * 1024 }), () => {});
  try {
    for await (const piece of stream) yield piece as Buffer;
  } catch (error) {
    if (error instanceof EnvironmentError) throw error;
    throw new EnvironmentError(`layer ${digest} is broken gzip: ${messageOf(error)}`, DAMAGED, 'permanent', { cause: error });
  }
}

/** All bytes of a small stream. Throws EnvironmentError above `limit`. */
export async function collect(bytes: AsyncIterable<Uint8Array>, limit: number, name: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > limit) throw new EnvironmentError(`${name} is larger than ${limit} bytes`, DAMAGED);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
