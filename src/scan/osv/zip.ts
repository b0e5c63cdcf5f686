import { inflateRawSync } from 'node:zlib';
import { UserError } from '../../base/index.ts';

/** One document has a few kilobytes, the largest some megabytes. */
const LARGEST_ENTRY = 64 * 1024 * 1024;

/**
 * The files of a zip archive, one after the other: APPNOTE.TXT 4.3, with the Zip64 records that archives of more than
 * 65,535 files have. Throws UserError for what is damaged: half a database would be silent about the rest.
 */
export function* zipEntries(bytes: Buffer, file: string): Generator<{ readonly name: string; readonly text: string }> {
  const { count, offset } = directoryOf(bytes, file);
  let at = offset;
  for (let i = 0; i < count; i += 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50)
      throw damaged(file, `its directory ends after ${i} of ${count} files`);
    const [method, packed] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20)];
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field)) as [number, number, number];
    const name = bytes.toString('utf8', at + 46, at + 46 + nameBytes);
    const local = bytes.readUInt32LE(at + 42);
    at += 46 + nameBytes + extraBytes + commentBytes;
    if (name.endsWith('/')) continue;
    yield { name, text: contentOf(bytes, local, packed, method, `${file}: ${name}`) };
  }
}

function directoryOf(bytes: Buffer, file: string): { readonly count: number; readonly offset: number } {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || end + 22 > bytes.length) throw damaged(file, 'it has no end of a zip archive');
  const [count, offset] = [bytes.readUInt16LE(end + 10), bytes.readUInt32LE(end + 16)];
  if (count !== 0xffff && offset !== 0xffffffff) return { count, offset };
  const locator = end - 20;
  const large = locator >= 0 && bytes.readUInt32LE(locator) === 0x07064b50 ? Number(bytes.readBigUInt64LE(locator + 8)) : -1;
  if (large < 0 || large + 56 > bytes.length || bytes.readUInt32LE(large) !== 0x06064b50)
    throw damaged(file, 'its Zip64 record is not there');
  return { count: Number(bytes.readBigUInt64LE(large + 32)), offset: Number(bytes.readBigUInt64LE(large + 48)) };
}

function contentOf(bytes: Buffer, local: number, packed: number, method: number, what: string): string {
  if (local + 30 > bytes.length || bytes.readUInt32LE(local) !== 0x04034b50) throw damaged(what, 'it is not where the directory says');
  const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const data = bytes.subarray(from, from + packed);
  if (data.length < packed) throw damaged(what, 'it is cut off');
  if (method === 0) return data.toString('utf8');
  if (method !== 8) throw damaged(what, `it is packed by method ${method}; 0 and 8 are read`);
  try {
    return inflateRawSync(data, { maxOutputLength: LARGEST_ENTRY }).toString('utf8');
  } catch {
    throw damaged(what, 'it cannot be unpacked');
  }
}

const damaged = (file: string, why: string): UserError =>
  new UserError(`${file} is no zip archive that can be read: ${why}`, 'fetch it again: `plimsoll scan --update-database`');
