/**
 * The headers in rpm's own format of a database, `Packages.db`, which SUSE has: a table of slots, each with the place of
 * a blob. Throws RangeError for what is no such file or is broken. Source: rpm, lib/backend/ndb/rpmpkg.c.
 */
export function* blobsOfNdb(file: Uint8Array): Generator<Uint8Array, void, undefined> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw new RangeError('it is no `RpmP` database');
  const slots = (view.getUint32(12, true) * PAGE) / SLOT;
  let total = 0;
  // The first two slots' room is the head's.
  for (let index = 2; index < slots; index += 1) {
    const at = index * SLOT;
    if (view.getUint32(at, true) !== SLOT_MAGIC) throw new RangeError(`slot ${index} is broken`);
    const [number, block] = [view.getUint32(at + 4, true), view.getUint32(at + 8, true)];
    if (number === 0 || block === 0) continue;
    const start = block * BLOCK;
    if (view.getUint32(start, true) !== BLOB_MAGIC || view.getUint32(start + 4, true) !== number)
      throw new RangeError(`blob ${number} is not at its place`);
    const size = view.getUint32(start + 12, true);
    if (start + 16 + size > file.length) throw new RangeError(`blob ${number} is cut off`);
    if ((total += size) > file.length) throw new RangeError('its blobs are longer than the file');
    yield file.subarray(start + 16, start + 16 + size);
  }
}

const ascii = (word: string): number => Buffer.from(word, 'latin1').readUInt32LE();
const MAGIC = ascii('RpmP');
const SLOT_MAGIC = ascii('Slot');
const BLOB_MAGIC = ascii('BlbS');
const PAGE = 4096;
const SLOT = 16;
const BLOCK = 16;
