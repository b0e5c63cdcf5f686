import { createHash } from 'node:crypto';
import { EnvironmentError } from '../../base/index.ts';
import type { Digest } from '../../base/node.ts';
import { compressionOf } from '../spec/media-types.ts';
import { readSplit, splitParts, type JumpedTar, type SplitTar } from '../tar/index.ts';
import type { Descriptor } from '../types.ts';
import { collect, counted, expansionLimit } from '../verified.ts';
import { unzstd } from '../zstd.ts';
import { contentsInChunks, piecesOf, type Chunk } from './chunks.ts';
import { contentError } from './errors.ts';
import type { RegistryJob } from './job.ts';
import { rangedBlob, type RangedBlob } from './ranges.ts';
import type { Repository } from './repository.ts';
import { chunksOf, readZstdToc } from './zstd-toc.ts';

/** containers/storage, pkg/chunked/internal/minimal/compression.go: annotations of a layer. */
const TOC_CHECKSUM = 'io.github.containers.zstd-chunked.manifest-checksum';
const TOC_POSITION = 'io.github.containers.zstd-chunked.manifest-position';
const SPLIT_POSITION = 'io.github.containers.zstd-chunked.tarsplit-position';
/** Where it is not in the table of contents: until 2024. */
const SPLIT_CHECKSUM = 'io.github.containers.zstd-chunked.tarsplit-checksum';
/** Bytes of a table of contents, unpacked, which is parsed as a whole: 100,000 files have 40 MB. */
const TOC_LIMIT = 64 * 1024 * 1024;
/** Bytes of a tar's headers in JSON, unpacked, which are read line by line: 100,000 files have 80 to 220 MB. */
const SPLIT_LIMIT = 512 * 1024 * 1024;
/** RFC 8878, section 3.1.2: magic number and length of a frame for others. */
const FRAME_HEADER = 8;

/** What lies compressed in a frame for others. */
interface Packed {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly unpackedBytes: number;
}

/** Whether a layer says that it is one of zstd:chunked, with the headers of its tar: without them nobody knows how long it is. */
export const isZstdChunked = (blob: Descriptor): boolean => compressionOf(blob.mediaType) === 'zstd' && placesIn(blob) !== undefined;

/**
 * A layer of zstd:chunked, of which the table of contents and the tar's headers are fetched and checked by the layer's
 * annotations, and of contents the chunks that are asked for, each checked against the table. Undefined where these do
 * not hold together, or the registry sends blobs as a whole. Throws EnvironmentError when it cannot be had, or a chunk
 * is another one.
 */
export async function jumpedZstdChunked(repository: Repository, blob: Descriptor, job: RegistryJob): Promise<JumpedTar | undefined> {
  const places = placesIn(blob);
  if (!places) return undefined;
  const parts = await rangedBlob(repository, blob, job);
  let isKept = false;
  try {
    if (!(await parts.fetch([places.toc, places.split]))) return undefined;
    const found = await tarIn(parts, places, blob).catch(unlessBroken);
    if (!found) return undefined;
    const { tar, chunks } = found;
    const fail = (what: string): Error => contentError(`${repository.host}/${repository.repository}`, `layer ${blob.digest}: ${what}`);
    const unpack = (packed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> => unzstd(packed, 'the chunk');
    const contents = await contentsInChunks(chunks, { parts, job, unpack, fail });
    isKept = true;
    return { heads: tar.heads, sizeBytes: tar.sizeBytes, ...contents };
  } finally {
    if (!isKept) parts.close();
  }
}

interface Places {
  readonly toc: Packed;
  readonly split: Packed;
}

function placesIn({ size, annotations = {} }: Descriptor): Places | undefined {
  const toc = placeIn(/^(\d{1,15}):(\d{1,15}):(\d{1,15}):1$/.exec(annotations[TOC_POSITION] ?? ''), size, TOC_LIMIT);
  const split = placeIn(/^(\d{1,15}):(\d{1,15}):(\d{1,15})$/.exec(annotations[SPLIT_POSITION] ?? ''), size, SPLIT_LIMIT);
  return toc && split && { toc, split };
}

function placeIn(said: RegExpExecArray | null, end: number, limit: number): Packed | undefined {
  if (!said) return undefined;
  const [offset, sizeBytes, unpackedBytes] = said.slice(1).map(Number) as [number, number, number];
  const isInside = offset >= FRAME_HEADER && sizeBytes > 0 && offset + sizeBytes <= end;
  return isInside && Math.max(sizeBytes, unpackedBytes) <= limit ? { offset, sizeBytes, unpackedBytes } : undefined;
}

/** The headers, and where contents are. */
async function tarIn(
  parts: RangedBlob,
  { toc: tocPlace, split }: Places,
  { size, annotations = {} }: Descriptor,
): Promise<{ readonly tar: SplitTar; readonly chunks: readonly Chunk[] } | undefined> {
  const table = await collect(unpacked(parts, tocPlace, annotations[TOC_CHECKSUM]), TOC_LIMIT, 'the table of contents');
  const toc = readZstdToc(table);
  if (!toc) return undefined;
  const lines = unpacked(parts, split, toc.tarSplitDigest ?? annotations[SPLIT_CHECKSUM]);
  const tar = await readSplit(splitParts(lines, broken), 'the tar', broken);
  const chunks = chunksOf(toc, tar.files, Math.min(tocPlace.offset, split.offset) - FRAME_HEADER);
  // What expands to more is a bomb, which reading it as a whole tells.
  return chunks && tar.sizeBytes <= expansionLimit(size) ? { tar, chunks } : undefined;
}

/** What lies there, once its digest is right. */
async function* unpacked(parts: RangedBlob, place: Packed, digest: string | undefined): AsyncGenerator<Uint8Array, void, undefined> {
  const at = { from: place.offset, to: place.offset + place.sizeBytes };
  const hash = createHash('sha256');
  for await (const piece of piecesOf(parts, at)) hash.update(piece);
  const actual: Digest = `sha256:${hash.digest('hex')}`;
  if (actual !== digest) throw broken('its checksum is another one');
  yield* counted(unzstd(piecesOf(parts, at), 'it'), { digest: actual, size: place.unpackedBytes }, broken);
}

/** Nobody reads it: such a layer is read as a whole. */
const broken = (what: string): EnvironmentError => new EnvironmentError(what, 'read the layer as a whole');

function unlessBroken(error: unknown): undefined {
  if (!(error instanceof EnvironmentError)) throw error;
}
