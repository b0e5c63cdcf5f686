import { shape } from '../../base/index.ts';
import { isDigest, type Digest } from '../../base/node.ts';
import type { PlacedFile } from '../tar/index.ts';
import type { Chunk } from './chunks.ts';
import { tableIn } from './toc.ts';

/** A table of contents: containers/storage, pkg/chunked/internal/minimal/compression.go, `TOC`. */
export interface ZstdToc {
  /** Of the tar's headers, compressed; tables before 2024 have none. */
  readonly tarSplitDigest?: Digest;
  readonly entries: readonly Entry[];
}

/** Of `FileMetadata` what tells where contents are; of Go's, an absent number is 0. */
interface Entry {
  readonly type: string;
  readonly name: string;
  readonly size?: number;
  /** Of the whole file. */
  readonly digest?: string;
  readonly offset?: number;
  readonly endOffset?: number;
  readonly chunkOffset?: number;
  readonly chunkSize?: number;
  readonly chunkDigest?: string;
  readonly chunkType?: string;
}

const { object, text, whole } = shape;
const entryShape = object(
  { type: text, name: text },
  {
    size: whole,
    digest: text,
    offset: whole,
    endOffset: whole,
    chunkOffset: whole,
    chunkSize: whole,
    chunkDigest: text,
    chunkType: text,
  },
);

/** Reads a table of contents; undefined where it is none. */
export function readZstdToc(bytes: Uint8Array): ZstdToc | undefined {
  const toc = tableIn<ZstdToc & { readonly version?: unknown }>(bytes, entryShape);
  if (toc?.version !== 1 || !(toc.tarSplitDigest === undefined || isDigest(toc.tarSplitDigest))) return undefined;
  // Its writer leaves out what is nothing.
  return toc.entries.some((entry) => Object.values(entry).includes(null)) ? undefined : toc;
}

/**
 * Where the contents of a tar are in the blob; undefined where the table does not hold together, or is about other
 * files. `end`: where the frames with contents end. None may begin before another ends, so that all of them take no
 * more work than the blob.
 */
export function chunksOf({ entries }: ZstdToc, files: readonly PlacedFile[], end: number): readonly Chunk[] | undefined {
  const chunks: Chunk[] = [];
  let index = 0;
  let before = 0;
  for (const file of files) {
    while (index < entries.length && !hasContent(entries[index]!)) index += 1;
    const first = index;
    index += 1;
    while (entries[index]?.type === 'chunk') index += 1;
    const own = chunksOfFile(entries.slice(first, index), file);
    if (!own) return undefined;
    for (const chunk of own) {
      if (chunk.from < before || chunk.to < chunk.from || chunk.to > end) return undefined;
      before = chunk.to;
      chunks.push(chunk);
    }
  }
  return entries.slice(index).some(hasContent) ? undefined : chunks;
}

const hasContent = ({ type, size = 0 }: Entry): boolean => type === 'chunk' || (type === 'reg' && size > 0);

function chunksOfFile(entries: readonly Entry[], file: PlacedFile): readonly Chunk[] | undefined {
  const [first] = entries;
  if (first?.type !== 'reg' || first.size !== file.sizeBytes || !isNameOf(first.name, file.path)) return undefined;
  const { offset = 0, endOffset = 0, digest = '' } = first;
  if (entries.length === 1) {
    const chunk = { at: file.offset, sizeBytes: file.sizeBytes, from: offset, to: endOffset, inner: 0 };
    return isDigest(digest) && offset < endOffset ? [{ ...chunk, digest }] : undefined;
  }
  const chunks: Chunk[] = [];
  let done = 0;
  for (const [i, { offset: from = 0, chunkOffset = 0, chunkSize = 0, chunkType = '', chunkDigest = '' }] of entries.entries()) {
    const next = entries[i + 1] ? (entries[i + 1]!.offset ?? 0) : endOffset;
    const isZeros = chunkType === 'zeros';
    if (chunkOffset !== done || chunkSize === 0 || !isDigest(chunkDigest) || from >= next) return undefined;
    if (!isZeros && chunkType !== '') return undefined;
    chunks.push({ at: file.offset + done, sizeBytes: chunkSize, from, to: isZeros ? from : next, inner: 0, digest: chunkDigest });
    done += chunkSize;
  }
  return done === file.sizeBytes ? chunks : undefined;
}

/** Whether a name in JSON is that of a file, whose bytes are a character each. What is no UTF-8 is U+FFFD there, once or more. */
function isNameOf(name: string, path: string): boolean {
  const known = Buffer.from(path, 'latin1').toString('utf8');
  return name === known || blurred(name) === blurred(known);
}

const blurred = (name: string): string => name.replaceAll(/\ufffd+/g, '\ufffd');
