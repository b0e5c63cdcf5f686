import { applyExtended, decodeHeader, type Fail, type RawHeader } from './decode.ts';
import type { TarHead } from './entry.ts';
import { decodePax, type PaxRecords } from './pax.ts';
import { brokenTar } from './source.ts';
import { sparseReader } from './sparse.ts';

/** Largest extended header, long name or long link, in bytes: Go's archive/tar, `maxSpecialFileSize`. */
const EXTENDED_LIMIT = 1 << 20;

/** Bytes of all holes of sparse files: they cost nothing in the tar, and all of them whoever unpacks it. */
const HOLES_LIMIT = 2 ** 30;

/** pax (`X` is Solaris') and GNU headers that speak of the next entry. */
const EXTENDED_FLAGS = new Set(['x', 'X', 'L', 'K']);

/** What a block of a tar was. */
export type Step =
  | { readonly is: 'end' }
  /** It says something of blocks to come. */
  | { readonly is: 'noted' }
  /** So many bytes after it, filled up to a block, belong to it: hand them to `more`, or undefined where the tar ends there. */
  | { readonly is: 'more'; readonly sizeBytes: number }
  /** Its content follows. */
  | { readonly is: 'entry'; readonly head: TarHead };

export interface HeaderReader {
  /** The block where a header must be, or undefined where the tar ends. `at`: its offset. */
  block(block: Uint8Array | undefined, at: number): Step;
  more(bytes: Uint8Array | undefined): Step;
}

const NOTED: Step = { is: 'noted' };

/**
 * Follows the headers of a tar, whoever reads the bytes: v7, ustar, pax (global headers too), GNU, sparse files.
 * Throws EnvironmentError, with the offset, at a header that breaks the format.
 */
export function headerReader(name: string): HeaderReader {
  let globals: PaxRecords = new Map();
  let globalBytes = 0;
  let records: PaxRecords = NONE;
  let extendedBytes = 0;
  let holeBytes = 0;
  let offset = 0;
  let waits: (bytes: Uint8Array | undefined) => Step = () => fail('nothing was asked for');
  const fail: Fail = (what) => {
    throw brokenTar(name, offset, what);
  };
  const ask = (sizeBytes: number, then: (bytes: Uint8Array) => Step): Step => {
    waits = (bytes) => (bytes === undefined ? fail('it ends inside an extended header') : then(bytes));
    return { is: 'more', sizeBytes };
  };
  const bounded = (sizeBytes: number, sum: number): number =>
    sizeBytes < 0 || sum > EXTENDED_LIMIT ? fail(`extended headers of ${sum} bytes (at most ${EXTENDED_LIMIT})`) : sizeBytes;

  const globalHeader = (raw: RawHeader): Step => {
    globalBytes += raw.size;
    return ask(bounded(raw.size, globalBytes), (bytes) => {
      globals = merge(globals, lasting(recordsIn(raw, bytes, fail)));
      return NOTED;
    });
  };
  const extendedHeader = (raw: RawHeader): Step => {
    extendedBytes += raw.size;
    return ask(bounded(raw.size, extendedBytes), (bytes) => {
      records = new Map([...records, ...recordsIn(raw, bytes, fail)]);
      return NOTED;
    });
  };
  const entry = (raw: RawHeader, block: Uint8Array): Step => {
    const merged = merge(globals, records);
    records = NONE;
    extendedBytes = 0;
    const sparse = sparseReader(raw, block, merged, fail);
    if (!sparse) return { is: 'entry', head: applyExtended(raw, merged, fail) };
    const settled = (): Step => {
      const head = sparse.head(applyExtended(raw, merged, fail));
      holeBytes += head.sizeBytes - (head.sparse?.storedBytes ?? 0);
      return holeBytes > HOLES_LIMIT
        ? fail(`sparse files with holes of ${holeBytes} bytes (at most ${HOLES_LIMIT})`)
        : { is: 'entry', head };
    };
    const settle = (): Step =>
      sparse.wants() > 0
        ? ask(sparse.wants(), (bytes) => {
            sparse.take(bytes);
            return settle();
          })
        : settled();
    return settle();
  };
  return {
    more: (bytes) => waits(bytes),
    block(block, at) {
      offset = at;
      if (block === undefined) return fail('it ends without an end mark');
      if (isZero(block)) return extendedBytes > 0 ? fail('an extended header without its entry') : { is: 'end' };
      const raw = decodeHeader(bufferOf(block), fail);
      if (raw.flag === 'g') return globalHeader(raw);
      return EXTENDED_FLAGS.has(raw.flag) ? extendedHeader(raw) : entry(raw, block);
    },
  };
}

const NONE: PaxRecords = new Map();

/** The records of a pax header or of a GNU long name. */
function recordsIn(raw: RawHeader, body: Uint8Array, fail: Fail): PaxRecords {
  if (raw.flag !== 'L' && raw.flag !== 'K') return decodePax(body) ?? fail('an extended header that is none');
  const end = body.indexOf(0);
  return new Map([[raw.flag === 'L' ? 'path' : 'linkpath', body.subarray(0, end < 0 ? body.length : end)]]);
}

/** Of a global header, what can hold for several entries; the rest (comments of `git archive`) says nothing here. */
const lasting = (records: PaxRecords): PaxRecords =>
  new Map([...records].filter(([key]) => ['path', 'linkpath', 'size', 'uid', 'gid', 'mtime'].includes(key)));

/** An empty value takes a keyword back: POSIX.1-2024, pax, "pax Extended Header Keyword Precedence". */
function merge(under: PaxRecords, over: PaxRecords): PaxRecords {
  if (over.size === 0) return under;
  const merged = new Map([...under, ...over]);
  for (const [key, value] of merged) if (value.length === 0 && !key.startsWith('SCHILY.xattr.')) merged.delete(key);
  return merged;
}

const bufferOf = (block: Uint8Array): Buffer =>
  Buffer.isBuffer(block) ? block : Buffer.from(block.buffer, block.byteOffset, block.byteLength);

const isZero = (block: Uint8Array): boolean => block[0] === 0 && block.every((byte) => byte === 0);
