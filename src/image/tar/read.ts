import { applyExtended, decodeHeader, type Fail, type RawHeader } from './decode.ts';
import { BLOCK, paddingOf, type TarEntry, type TarHead } from './entry.ts';
import { decodePax, type PaxRecords } from './pax.ts';
import { brokenTar, byteSource, type Bytes, type ByteSource } from './source.ts';

/** Largest extended header, long name or long link, in bytes: Go's archive/tar, `maxSpecialFileSize`. */
const EXTENDED_LIMIT = 1 << 20;

/** pax (`X` is Solaris') and GNU headers that speak of the next entry. */
const EXTENDED_FLAGS = new Set(['x', 'X', 'L', 'K']);

/**
 * The entries of a tar as they come: v7, ustar, pax (global headers too) and GNU. Memory is bounded by 1 MiB and the
 * stream's own chunks. `name` is what errors call it.
 * Throws EnvironmentError, with the offset, at a header that breaks the format, a checksum that is wrong, a sparse file,
 * or an end before the end mark.
 */
export async function* readTar(bytes: Bytes, name = 'tar'): AsyncGenerator<TarEntry, void, undefined> {
  const source = byteSource(bytes, name);
  try {
    yield* entries(source, name);
    await source.drain();
  } finally {
    await source.close();
  }
}

async function* entries(source: ByteSource, name: string): AsyncGenerator<TarEntry, void, undefined> {
  let globals: PaxRecords = new Map();
  let globalBytes = 0;
  let records: PaxRecords = new Map();
  let extendedBytes = 0;
  for (;;) {
    const at = source.offset();
    const fail: Fail = (what) => {
      throw brokenTar(name, at, what);
    };
    const block = await source.take(BLOCK);
    if (block === undefined) return fail('it ends without an end mark');
    if (isZero(block)) return extendedBytes > 0 ? fail('an extended header without its entry') : undefined;
    const raw = decodeHeader(block, fail);
    if (raw.flag === 'g') {
      globalBytes += raw.size;
      globals = merge(globals, lasting(await readExtended(source, raw, globalBytes, fail)));
    } else if (EXTENDED_FLAGS.has(raw.flag)) {
      extendedBytes += raw.size;
      records = new Map([...records, ...(await readExtended(source, raw, extendedBytes, fail))]);
    } else {
      const head = applyExtended(raw, merge(globals, records), fail);
      records = new Map();
      extendedBytes = 0;
      const body = bodyOf(source, head);
      yield { ...head, offset: source.offset(), content: body.content };
      await body.skip();
    }
  }
}

/** The content of an entry, and the way past what its consumer left unread. */
function bodyOf(source: ByteSource, { path, sizeBytes }: TarHead): { content(): AsyncIterable<Uint8Array>; skip(): Promise<void> } {
  let left = sizeBytes;
  let current = true;
  return {
    async *content() {
      if (!current) throw new Error(`content of ${path} asked for after the next entry`);
      while (left > 0) {
        const piece = await source.some(left);
        left -= piece.length;
        yield piece;
      }
    },
    async skip() {
      current = false;
      for (let rest = left + paddingOf(sizeBytes); rest > 0;) rest -= (await source.some(rest)).length;
    },
  };
}

/** The records of a pax header or of a GNU long name. `sum` is what such headers take together so far. */
async function readExtended(source: ByteSource, raw: RawHeader, sum: number, fail: Fail): Promise<PaxRecords> {
  if (raw.size < 0 || sum > EXTENDED_LIMIT) return fail(`extended headers of ${sum} bytes (at most ${EXTENDED_LIMIT})`);
  const body = raw.size === 0 ? new Uint8Array() : await source.take(raw.size);
  const padding = paddingOf(raw.size);
  if (body === undefined || (padding > 0 && (await source.take(padding)) === undefined)) return fail('it ends inside an extended header');
  if (raw.flag === 'L' || raw.flag === 'K') {
    const end = body.indexOf(0);
    return new Map([[raw.flag === 'L' ? 'path' : 'linkpath', body.subarray(0, end < 0 ? body.length : end)]]);
  }
  return decodePax(body) ?? fail('an extended header that is none');
}

/** Of a global header, what can hold for several entries; the rest (comments of `git archive`) says nothing here. */
const lasting = (records: PaxRecords): PaxRecords =>
  new Map([...records].filter(([key]) => ['path', 'linkpath', 'size', 'uid', 'gid', 'mtime'].includes(key)));

/** An empty value takes a keyword back: POSIX.1-2024, pax, "pax Extended Header Keyword Precedence". */
function merge(under: PaxRecords, over: PaxRecords): PaxRecords {
  if (over.size === 0) return under;
  const merged = new Map([...under, ...over]);
  return new Map([...merged].filter(([key, value]) => value.length > 0 || key.startsWith('SCHILY.xattr.')));
}

const isZero = (block: Uint8Array): boolean => block[0] === 0 && block.every((byte) => byte === 0);
