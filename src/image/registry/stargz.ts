import { gunzipSync } from 'node:zlib';
import { sha256 } from '../../base/node.ts';
import { compressionOf } from '../spec/media-types.ts';
import { readTar, type JumpedTar, type PlacedHead } from '../tar/index.ts';
import type { Descriptor } from '../types.ts';
import { contentError } from './errors.ts';
import type { RegistryJob } from './job.ts';
import { rangedBlob, type RangedBlob } from './ranges.ts';
import type { Repository } from './repository.ts';
import { readToc, type Chunk, type Toc } from './stargz-toc.ts';

/** stargz-snapshotter, estargz/types.go: annotations of a layer. */
const TOC_DIGEST = 'containerd.io/snapshot/stargz/toc.digest';
const TAR_SIZE = 'io.containers.estargz.uncompressed-size';
/** The last bytes of the blob: an empty gzip member that says where the table of contents is. */
const FOOTER = 51;
/** What is fetched with the footer: small layers' whole table of contents. */
const TAIL = 64 * 1024;
/** Bytes of a table of contents: 100,000 files have 40 MB. */
const TOC_LIMIT = 256 * 1024 * 1024;
/** Bytes that a gzip member may have besides the chunk: headers and padding. */
const BESIDE = 2 * 1024 * 1024;

/** Whether a layer says that it is one of eStargz, and how long its tar is. */
export const isStargz = ({ mediaType, annotations = {} }: Descriptor): boolean =>
  compressionOf(mediaType) === 'gzip' && annotations[TOC_DIGEST] !== undefined && /^\d{1,15}$/.test(annotations[TAR_SIZE] ?? '');

/**
 * A layer of eStargz, of which the table of contents is fetched, checked against the layer's annotation, and of contents
 * the chunks that are asked for, each checked against the table. Undefined where it is none after all, or the registry
 * sends blobs as a whole. Throws EnvironmentError when it cannot be had, or a chunk is another one.
 */
export async function jumpedStargz(repository: Repository, blob: Descriptor, job: RegistryJob): Promise<JumpedTar | undefined> {
  const parts = await rangedBlob(repository, blob, job);
  const found = await tocIn(parts, blob).catch((error: unknown) => {
    parts.close();
    throw error;
  });
  if (!found) {
    parts.close();
    return undefined;
  }
  const { toc, own } = found;
  const fail = (what: string): Error => contentError(`${repository.host}/${repository.repository}`, `layer ${blob.digest}: ${what}`);
  const read = chunkReader(parts, fail);
  return {
    heads: [...toc.heads, { ...own.head, offset: toc.contentBytes }],
    sizeBytes: Number(blob.annotations?.[TAR_SIZE]),
    readAt(into, offset) {
      if (offset >= toc.contentBytes) return copied(own.bytes, offset - toc.contentBytes, into, 0);
      let done = 0;
      for (let index = chunkAt(toc.chunks, offset); done < into.length && index < toc.chunks.length; index += 1) {
        const chunk = toc.chunks[index]!;
        done += copied(read(chunk), offset + done - chunk.at, into, done);
      }
      return done;
    },
    saidDigest({ offset, sizeBytes }) {
      const chunk = toc.chunks[chunkAt(toc.chunks, offset)];
      return chunk?.at === offset && chunk.sizeBytes === sizeBytes ? chunk.digest : undefined;
    },
    async prepare(wanted) {
      const needed = wanted.flatMap(({ offset, sizeBytes }) => {
        const first = chunkAt(toc.chunks, offset);
        return sizeBytes === 0 ? [] : toc.chunks.slice(first, chunkAt(toc.chunks, offset + sizeBytes - 1) + 1);
      });
      await parts.fetch(needed.map(({ from, to }) => ({ offset: from, sizeBytes: to - from })));
    },
    close: parts.close,
  };
}

/** The table of contents, and the entry of the tar that it is itself. */
async function tocIn(
  parts: RangedBlob,
  { size, annotations }: Descriptor,
): Promise<{ readonly toc: Toc; readonly own: { readonly head: PlacedHead; readonly bytes: Uint8Array } } | undefined> {
  const tail = { offset: Math.max(0, size - TAIL), sizeBytes: Math.min(TAIL, size) };
  if (size < FOOTER || !(await parts.fetch([tail]))) return undefined;
  const footer = Buffer.alloc(FOOTER);
  parts.readAt(footer, size - FOOTER);
  const begin = tocOffset(footer);
  if (!(begin > 0 && begin < size - FOOTER && size - begin < TOC_LIMIT)) return undefined;
  await parts.fetch([{ offset: begin, sizeBytes: size - begin }]);
  const packed = Buffer.alloc(size - FOOTER - begin);
  parts.readAt(packed, begin);
  const own = await entryIn(packed).catch(() => undefined);
  if (!own || sha256(own.bytes) !== annotations?.[TOC_DIGEST]) return undefined;
  const toc = readToc(own.bytes, begin);
  return toc && { toc, own };
}

/** docs/estargz.md, "Footer": an empty gzip member whose extra field `SG` has 16 hexadecimal digits and `STARGZ`. */
function tocOffset(footer: Buffer): number {
  const [field, said] = [footer.toString('latin1', 12, 14), footer.toString('latin1', 16, 38)];
  return field === 'SG' && /^[0-9a-f]{16}STARGZ$/.test(said) ? Number.parseInt(said.slice(0, 16), 16) : 0;
}

async function entryIn(packed: Uint8Array): Promise<{ readonly head: PlacedHead; readonly bytes: Uint8Array } | undefined> {
  for await (const { content, ...head } of readTar([gunzipSync(packed, { maxOutputLength: TOC_LIMIT })], 'the table of contents')) {
    if (head.path !== 'stargz.index.json') continue;
    const pieces: Uint8Array[] = [];
    for await (const piece of content()) pieces.push(piece);
    return { head, bytes: Buffer.concat(pieces) };
  }
  return undefined;
}

/** The last one is kept: who reads a file reads on. */
function chunkReader(parts: RangedBlob, fail: (what: string) => Error): (chunk: Chunk) => Uint8Array {
  let last: { readonly chunk: Chunk; readonly bytes: Uint8Array } | undefined;
  return (chunk) => {
    if (last?.chunk === chunk) return last.bytes;
    const { from, to, inner, sizeBytes, digest } = chunk;
    const packed = Buffer.alloc(to - from);
    parts.readAt(packed, from);
    const bytes = unpacked(packed, inner + sizeBytes + BESIDE)?.subarray(inner, inner + sizeBytes);
    if (!bytes || sha256(bytes) !== digest) throw fail(`the chunk at byte ${from} is not ${digest}, as its table of contents says`);
    last = { chunk, bytes };
    return bytes;
  };
}

function unpacked(packed: Uint8Array, limit: number): Uint8Array | undefined {
  try {
    return gunzipSync(packed, { maxOutputLength: limit });
  } catch {
    return undefined;
  }
}

function copied(from: Uint8Array, begin: number, into: Uint8Array, at: number): number {
  const part = from.subarray(begin, begin + into.length - at);
  into.set(part, at);
  return part.length;
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
