import { pipeline, Readable } from 'node:stream';
import { createGunzip, gunzipSync } from 'node:zlib';
import { sha256 } from '../../base/node.ts';
import { compressionOf } from '../spec/media-types.ts';
import { readTar, type JumpedTar, type PlacedHead } from '../tar/index.ts';
import type { Descriptor } from '../types.ts';
import { expansionLimit } from '../verified.ts';
import { contentsInChunks } from './chunks.ts';
import { contentError } from './errors.ts';
import type { RegistryJob } from './job.ts';
import { rangedBlob, type RangedBlob } from './ranges.ts';
import type { Repository } from './repository.ts';
import { readToc, type Toc } from './stargz-toc.ts';

/** stargz-snapshotter, estargz/types.go: annotations of a layer. */
const TOC_DIGEST = 'containerd.io/snapshot/stargz/toc.digest';
const TAR_SIZE = 'io.containers.estargz.uncompressed-size';
/** The last bytes of the blob: an empty gzip member that says where the table of contents is. */
const FOOTER = 51;
/** What is fetched with the footer: small layers' whole table of contents. */
const TAIL = 64 * 1024;
/** Bytes of a table of contents: 100,000 files have 40 MB. */
const TOC_LIMIT = 256 * 1024 * 1024;

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
  const contents = await contentsInChunks(toc.chunks, { parts, job, unpack: gunzip, fail });
  return {
    ...contents,
    heads: [...toc.heads, { ...own.head, offset: toc.contentBytes }],
    sizeBytes: Number(blob.annotations?.[TAR_SIZE]),
    readAt: (into, offset) =>
      offset < toc.contentBytes ? contents.readAt(into, offset) : copied(own.bytes.subarray(offset - toc.contentBytes), into),
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
  // More is a bomb, which reading it as a whole tells.
  return toc && toc.contentBytes <= expansionLimit(size) ? { toc, own } : undefined;
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

function gunzip(packed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return pipeline(Readable.from(packed, { objectMode: false }), createGunzip({ chunkSize: 256 * 1024 }), () => {});
}

function copied(from: Uint8Array, into: Uint8Array): number {
  const part = from.subarray(0, into.length);
  into.set(part);
  return part.length;
}
