import type { Fail, RawHeader } from './decode.ts';
import { BLOCK, type SparseMap, type TarHead } from './entry.ts';
import type { PaxRecords } from './pax.ts';
import { textOf } from './text.ts';

/** Bytes that a map may take in the tar, as other extended headers. */
const MAP_LIMIT = 1 << 20;

/** Reads the map of a sparse file, wherever it stands. */
export interface SparseReader {
  /** Bytes that it still needs to see; 0: the map is complete. */
  wants(): number;
  take(bytes: Uint8Array): void;
  /** The entry with its size when it is unpacked, and its map. */
  head(head: TarHead): TarHead;
}

/**
 * Of an entry that is a sparse file; undefined for any other. GNU tar manual, "Storing Sparse Files": the old format,
 * and those of pax: 0.0 and 0.1 (maps in the header), 1.0 (the map before the content).
 */
export function sparseReader(raw: RawHeader, block: Uint8Array, records: PaxRecords, fail: Fail): SparseReader | undefined {
  if (raw.flag === 'S') return oldReader(raw, block, fail);
  if (records.size === 0) return undefined;
  const value = (key: string): string | undefined =>
    records.has(`GNU.sparse.${key}`) ? textOf(records.get(`GNU.sparse.${key}`)!) : undefined;
  const realSize = value('realsize') ?? value('size');
  if (realSize === undefined)
    return [...records.keys()].some((key) => key.startsWith('GNU.sparse.')) ? fail('a sparse file without its size') : undefined;
  const settled = (numbers: readonly number[], mapBytes: number) => (head: TarHead) =>
    withMap({ ...head, path: value('name') ?? head.path }, numbers, decimal(realSize, fail), head.sizeBytes - mapBytes, fail);
  if (value('major') !== '1') {
    const head = settled(
      (value('map') ?? '')
        .split(',')
        .filter(Boolean)
        .map((it) => decimal(it, fail)),
      0,
    );
    return { wants: () => 0, take() {}, head };
  }
  return mapBeforeContent(settled, fail);
}

/** 1.0: the number of pieces, then offset and length of each, a line each, filled up to a block. */
function mapBeforeContent(settled: (numbers: readonly number[], mapBytes: number) => SparseReader['head'], fail: Fail): SparseReader {
  let text = '';
  let mapBytes = 0;
  const complete = (): boolean => {
    const lines = text.split('\n');
    return lines.length > 1 && lines.length - 1 >= 1 + 2 * decimal(lines[0]!, fail);
  };
  return {
    wants: () => (mapBytes > 0 && complete() ? 0 : BLOCK),
    take(bytes) {
      mapBytes += bytes.length;
      if (mapBytes > MAP_LIMIT) fail(`the map of a sparse file takes more than ${MAP_LIMIT} bytes`);
      text += Buffer.from(bytes).toString('latin1');
      if (!/^[0-9]+\n/.test(text)) fail('the map of a sparse file has something else than numbers');
    },
    head(head) {
      const [count = '0', ...numbers] = text.split('\n');
      return settled(
        numbers.slice(0, 2 * decimal(count, fail)).map((it) => decimal(it, fail)),
        mapBytes,
      )(head);
    },
  };
}

/** Fields of GNU's old header: four pieces, whether more blocks follow, the size unpacked; 21 pieces in each of those blocks. */
function oldReader(raw: RawHeader, block: Uint8Array, fail: Fail): SparseReader {
  const numbers: number[] = [];
  let [blocks, isExtended] = [0, block[482] !== 0];
  const pieces = (of: Uint8Array, from: number, count: number): void => {
    for (let at = from; at < from + 24 * count && of[at] !== 0; at += 24) numbers.push(field(of, at, fail), field(of, at + 12, fail));
  };
  pieces(block, 386, 4);
  return {
    wants: () => (isExtended ? BLOCK : 0),
    take(bytes) {
      blocks += 1;
      if (blocks * BLOCK > MAP_LIMIT) fail(`the map of a sparse file takes more than ${MAP_LIMIT} bytes`);
      pieces(bytes, 0, 21);
      isExtended = bytes[504] !== 0;
    },
    head: (head) => withMap({ ...head, type: 'file', sizeBytes: raw.size }, numbers, field(block, 483, fail), raw.size, fail),
  };
}

function withMap(head: TarHead, numbers: readonly number[], realSize: number, storedBytes: number, fail: Fail): TarHead {
  if (numbers.length % 2 !== 0) fail('the map of a sparse file has an offset without a length');
  const pieces: SparseMap['pieces'][number][] = [];
  let [end, sum] = [0, 0];
  for (let at = 0; at < numbers.length; at += 2) {
    const piece = { offset: numbers[at]!, sizeBytes: numbers[at + 1]! };
    if (piece.offset < end || piece.offset + piece.sizeBytes > realSize) fail('the map of a sparse file is out of order');
    end = piece.offset + piece.sizeBytes;
    sum += piece.sizeBytes;
    if (piece.sizeBytes > 0) pieces.push(piece);
  }
  if (sum !== storedBytes) fail(`the map of a sparse file says ${sum} bytes, and ${storedBytes} are there`);
  return { ...head, sizeBytes: realSize, sparse: { storedBytes, pieces } };
}

const decimal = (text: string, fail: Fail): number =>
  /^[0-9]{1,15}$/.test(text) ? Number(text) : fail('the map of a sparse file has something else than numbers');

/** Twelve bytes: octal digits, or GNU's base-256. */
function field(block: Uint8Array, at: number, fail: Fail): number {
  const bytes = block.subarray(at, at + 12);
  if ((bytes[0]! & 0x80) === 0) {
    const digits = Buffer.from(bytes)
      .toString('latin1')
      .replace(/[\0 ].*$/s, '');
    return /^[0-7]{1,11}$/.test(digits) ? Number.parseInt(digits, 8) : fail('the map of a sparse file has something else than numbers');
  }
  const value = bytes.subarray(4).reduce((sum, byte) => sum * 256 + byte, 0);
  return Number.isSafeInteger(value) ? value : fail('the map of a sparse file has numbers that no file can have');
}

/** The content with its holes as zeros. */
export async function* withHoles(
  stored: AsyncIterable<Uint8Array>,
  { pieces }: SparseMap,
  sizeBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let at = 0;
  let [index, left] = [0, pieces[0]?.sizeBytes ?? 0];
  for await (const bytes of stored)
    for (let from = 0; from < bytes.length;) {
      yield* zeros(pieces[index]!.offset + pieces[index]!.sizeBytes - left - at);
      const part = bytes.subarray(from, from + left);
      yield part;
      at = pieces[index]!.offset + pieces[index]!.sizeBytes - left + part.length;
      from += part.length;
      left -= part.length;
      if (left === 0) left = pieces[(index += 1)]?.sizeBytes ?? 0;
    }
  yield* zeros(sizeBytes - at);
}

const ZEROS = new Uint8Array(64 * 1024);
export function* zeros(count: number): Generator<Uint8Array, void, undefined> {
  for (let left = count; left > 0; left -= ZEROS.length) yield ZEROS.subarray(0, left);
}
