/**
 * The values of a hash of Berkeley DB, as rpm's `Packages` is one on CentOS 7 and Amazon Linux 2, bucket by bucket.
 * Throws RangeError for what is no such file or is broken. Source: Berkeley DB 5.3, src/dbinc/db_page.h; which pages
 * belong to it as in rpm, lib/backend/bdb_ro.c.
 */
export function* blobsOfHash(file: Uint8Array): Generator<Uint8Array, void, undefined> {
  const hash = hashIn(file);
  const seen = new Set<number>();
  let total = 0;
  for (let bucket = 0; bucket <= hash.lastBucket; bucket += 1)
    for (let page = pageOfBucket(hash, bucket); page !== 0;) {
      if (seen.has(page)) throw new RangeError(`page ${page} is in a circle`);
      seen.add(page);
      const start = startOf(hash, page, HASH_PAGES);
      for (const { key, value } of pairsOn(hash, start, page)) {
        // Under 0 rpm keeps the number that the next package gets.
        if (key.every((byte) => byte === 0)) continue;
        // Values that share pages would make a small file large.
        if ((total += value.length) > file.length) throw new RangeError('its values are longer than the file');
        yield value;
      }
      page = hash.view.getUint32(start + NEXT, hash.little);
    }
}

interface Hash {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  /** Written by a machine whose numbers start with the low byte. */
  readonly little: boolean;
  readonly pageSize: number;
  readonly lastPage: number;
  readonly lastBucket: number;
}

const MAGIC = 0x0006_1561;
/** Offsets in the first page, `HMETA`, and in others, `PAGE`. */
const META = {
  magic: 12,
  version: 16,
  pageSize: 20,
  encryption: 24,
  flags: 26,
  lastPage: 32,
  lastBucket: 72,
  spares: 96,
  end: 224,
} as const;
const NUMBER = 8;
const NEXT = 16;
const ENTRIES = 20;
const LENGTH = 22;
const TYPE = 25;
const HEAD = 26;
/** `DBMETA_CHKSUM`: the heads of pages are longer then. */
const CHECKSUMS = 1;

function hashIn(bytes: Uint8Array): Hash {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < META.end) throw new RangeError('it is no hash of Berkeley DB');
  const little = view.getUint32(META.magic, true) === MAGIC;
  const number = (at: number): number => view.getUint32(at, little);
  if (number(META.magic) !== MAGIC) throw new RangeError('it is no hash of Berkeley DB');
  const [version, pageSize] = [number(META.version), number(META.pageSize)];
  if (version < 8 || version > 10) throw new RangeError(`version ${version} of Berkeley DB’s hashes is not read`);
  if (pageSize < 512 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0) throw new RangeError(`its pages have ${pageSize} bytes`);
  if (view.getUint8(META.encryption) !== 0 || (view.getUint8(META.flags) & CHECKSUMS) !== 0)
    throw new RangeError('its pages are encrypted or have checksums, as rpm’s have not');
  return { view, bytes, little, pageSize, lastPage: number(META.lastPage), lastBucket: number(META.lastBucket) };
}

/** `BUCKET_TO_PAGE`: buckets came by doubling, and for each doubling `spares` says how many other pages lie before it. */
function pageOfBucket({ view, little }: Hash, bucket: number): number {
  const doubling = 32 - Math.clz32(bucket);
  if (doubling >= 32) throw new RangeError(`it counts ${bucket} buckets`);
  const page = bucket + view.getUint32(META.spares + 4 * doubling, little);
  if (page === 0) throw new RangeError(`bucket ${bucket} has no page`);
  return page;
}

/** `P_HASH_UNSORTED`, which Berkeley DB up to 4.5 has, and `P_HASH`. */
const HASH_PAGES: readonly number[] = [2, 13];
const OVERFLOW_PAGES: readonly number[] = [7];

function startOf({ view, bytes, little, pageSize, lastPage }: Hash, page: number, types: readonly number[]): number {
  const start = page * pageSize;
  if (page < 1 || page > lastPage || start + pageSize > bytes.length) throw new RangeError(`page ${page} is not in the file`);
  if (view.getUint32(start + NUMBER, little) !== page || !types.includes(view.getUint8(start + TYPE)))
    throw new RangeError(`page ${page} is not what leads to it says`);
  return start;
}

/** Items lie from the end of a page to its front, keys and values by turns; each ends where the one before it begins. */
function* pairsOn(
  hash: Hash,
  start: number,
  page: number,
): Generator<{ readonly key: Uint8Array; readonly value: Uint8Array }, void, undefined> {
  const { view, little, pageSize } = hash;
  const entries = view.getUint16(start + ENTRIES, little);
  const front = HEAD + 2 * entries;
  if (entries % 2 !== 0 || front > pageSize) throw new RangeError(`page ${page} counts ${entries} items`);
  let end = pageSize;
  const item = (index: number): Uint8Array => {
    const at = view.getUint16(start + HEAD + 2 * index, little);
    if (at < front || at >= end) throw new RangeError(`item ${index} of page ${page} is not on it`);
    const found = itemAt(hash, start + at, start + end);
    end = at;
    return found;
  };
  for (let index = 0; index < entries; index += 2) yield { key: item(index), value: item(index + 1) };
}

const KEYDATA = 1;
const OFFPAGE = 3;

function itemAt(hash: Hash, from: number, to: number): Uint8Array {
  const { view, bytes, little } = hash;
  const kind = view.getUint8(from);
  if (kind === KEYDATA) return bytes.subarray(from + 1, to);
  if (kind !== OFFPAGE || to - from !== 12) throw new RangeError(`an item of ${to - from} bytes is of kind ${kind}, which rpm has not`);
  return overflow(hash, view.getUint32(from + 4, little), view.getUint32(from + 8, little));
}

/** A long item: its pieces, page after page. A page that adds nothing is refused, so that no circle has no end. */
function overflow(hash: Hash, first: number, length: number): Uint8Array {
  const { view, bytes, little, pageSize } = hash;
  if (length > bytes.length) throw new RangeError('an item is longer than the file');
  const whole = new Uint8Array(length);
  for (let filled = 0, page = first; filled < length;) {
    const start = startOf(hash, page, OVERFLOW_PAGES);
    const size = view.getUint16(start + LENGTH, little);
    if (size === 0 || size > pageSize - HEAD || size > length - filled)
      throw new RangeError(`page ${page} has ${size} bytes of a long item`);
    whole.set(bytes.subarray(start + HEAD, start + HEAD + size), filled);
    filled += size;
    page = view.getUint32(start + NEXT, little);
  }
  return whole;
}
