import { createInflateRaw, inflateRawSync } from 'node:zlib';
import { pipeline, Readable } from 'node:stream';

/** A file in a zip: APPNOTE.TXT, 4.3.12. */
export interface ZipEntry {
  readonly path: string;
  /** `stored` and `deflated` can be read. */
  readonly kind: 'stored' | 'deflated' | 'encrypted' | 'other';
  readonly packed: Buffer;
  /** As it says of itself. */
  readonly sizeBytes: number;
}

const [LOCAL, CENTRAL, END, END_64, LOCATOR_64] = ['PK\x03\x04', 'PK\x01\x02', 'PK\x05\x06', 'PK\x06\x06', 'PK\x06\x07'] as const;
const [END_SIZE, END_64_SIZE, LOCATOR_SIZE, COMMENT_LIMIT] = [22, 56, 20, 0xffff];
/** A number that stands elsewhere: 4.5.3. */
const ELSEWHERE = 0xffffffff;

/** The files that a zip's directory lists, one after the other; undefined without a directory. What lies before the archive is jumped over. */
export function zipEntries(bytes: Buffer): Iterable<ZipEntry> | undefined {
  const directory = directoryOf(bytes);
  return directory && entriesOf(bytes, directory);
}

interface Directory {
  readonly from: number;
  readonly to: number;
  /** Where offsets count from. */
  readonly base: number;
}

function directoryOf(bytes: Buffer): Directory | undefined {
  const end = bytes.lastIndexOf(END, undefined, 'latin1');
  if (end < 0 || end < bytes.length - END_SIZE - COMMENT_LIMIT || end + END_SIZE > bytes.length) return undefined;
  const large = end - LOCATOR_SIZE - END_64_SIZE;
  const isLarge = large >= 0 && isSigned(bytes, LOCATOR_64, end - LOCATOR_SIZE) && isSigned(bytes, END_64, large);
  const [size, offset] = isLarge
    ? [Number(bytes.readBigUInt64LE(large + 40)), Number(bytes.readBigUInt64LE(large + 48))]
    : [bytes.readUInt32LE(end + 12), bytes.readUInt32LE(end + 16)];
  const to = isLarge ? large : end;
  const from = to - size;
  return from >= 0 && from >= offset ? { from, to, base: from - offset } : undefined;
}

function* entriesOf(bytes: Buffer, { from, to, base }: Directory): Generator<ZipEntry, void, undefined> {
  for (let at = from; at + 46 <= to && isSigned(bytes, CENTRAL, at);) {
    const [flags, method] = [bytes.readUInt16LE(at + 8), bytes.readUInt16LE(at + 10)];
    const [name, extra, comment] = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32)];
    const next = at + 46 + name + extra + comment;
    const path = bytes.toString((flags & 0x800) !== 0 ? 'utf8' : 'latin1', at + 46, at + 46 + name);
    const { packedBytes, sizeBytes, offset } = numbersAt(bytes, at, bytes.subarray(at + 46 + name, at + 46 + name + extra));
    at = next;
    if (path.endsWith('/')) continue;
    const packed = packedAt(bytes, base + offset, packedBytes);
    const kind = (flags & 1) !== 0 ? 'encrypted' : method === 0 ? 'stored' : method === 8 && packed ? 'deflated' : 'other';
    yield { path, kind: packed ? kind : 'other', packed: packed ?? Buffer.alloc(0), sizeBytes };
  }
}

/** Sizes and place, from the extra field where they need eight bytes. */
function numbersAt(bytes: Buffer, at: number, extra: Buffer): { packedBytes: number; sizeBytes: number; offset: number } {
  let large = largeField(extra);
  const number = (short: number): number => {
    if (short !== ELSEWHERE || large.length < 8) return short;
    const long = Number(large.readBigUInt64LE());
    large = large.subarray(8);
    return long;
  };
  const sizeBytes = number(bytes.readUInt32LE(at + 24));
  const packedBytes = number(bytes.readUInt32LE(at + 20));
  return { sizeBytes, packedBytes, offset: number(bytes.readUInt32LE(at + 42)) };
}

function largeField(extra: Buffer): Buffer {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2))
    if (extra.readUInt16LE(at) === 1) return extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
  return Buffer.alloc(0);
}

/** Behind the file's own header: 4.3.7. */
function packedAt(bytes: Buffer, at: number, size: number): Buffer | undefined {
  if (at + 30 > bytes.length || !isSigned(bytes, LOCAL, at)) return undefined;
  const from = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
  return from + size <= bytes.length ? bytes.subarray(from, from + size) : undefined;
}

const isSigned = (bytes: Buffer, signature: string, at: number): boolean => bytes.toString('latin1', at, at + 4) === signature;

/** Larger ones are unpacked in steps. Bytes. */
const AT_ONCE = 1 << 20;

/** The content of an entry that can be read. Throws zlib's errors. */
export async function* contentOf({ kind, packed, sizeBytes }: ZipEntry): AsyncGenerator<Uint8Array, void, undefined> {
  if (kind === 'stored') yield packed;
  else if (sizeBytes <= AT_ONCE) yield inflateRawSync(packed, { maxOutputLength: AT_ONCE });
  else yield* pipeline(Readable.from([packed], { objectMode: false }), createInflateRaw(), () => {});
}
