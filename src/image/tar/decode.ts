import { type TarHead, type TarType } from './entry.ts';
import { checksums, FIELDS, TYPE_FLAGS } from './header.ts';
import type { PaxRecords } from './pax.ts';
import { textBetween, textOf } from './text.ts';

/** A header block, before extended headers are applied. `flag` may be one of an extended header. */
export interface RawHeader {
  readonly flag: string;
  readonly path: string;
  readonly target: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly major: number;
  readonly minor: number;
}

/** Throws the error: the reader knows the tar's name and the offset. */
export type Fail = (what: string) => never;

/** Reads one header block: v7, ustar and GNU. */
export function decodeHeader(block: Buffer, fail: Fail): RawHeader {
  const stated = octal(block, 'checksum', fail);
  const { unsigned, signed } = checksums(block);
  if (stated !== unsigned && stated !== signed) fail(`the header's checksum is ${stated}, its bytes sum to ${unsigned}`);
  // GNU's magic is `ustar  \0`; there the prefix field holds other things.
  const posix = MAGIC.every((byte, i) => block[FIELDS.magic[0] + i] === byte);
  const prefix = posix ? text(block, 'prefix') : '';
  const name = text(block, 'name');
  const flag = String.fromCharCode(block[FIELDS.type[0]]!);
  const device = flag === TYPE_FLAGS.character || flag === TYPE_FLAGS.block;
  return {
    flag,
    path: prefix === '' ? name : `${prefix}/${name}`,
    target: text(block, 'target'),
    mode: number(block, 'mode', fail),
    uid: number(block, 'uid', fail),
    gid: number(block, 'gid', fail),
    size: number(block, 'size', fail),
    mtime: number(block, 'mtime', fail),
    major: device ? number(block, 'major', fail) : 0,
    minor: device ? number(block, 'minor', fail) : 0,
  };
}

const MAGIC = [...Buffer.from('ustar\0')];
const BLANK = 0x20;
const DIGIT_0 = 0x30;
const XATTR = 'SCHILY.xattr.';
const typeOfFlag = new Map<string, TarType>([
  ...Object.entries(TYPE_FLAGS).map(([type, flag]) => [flag, type as TarType] as const),
  ['7', 'file'],
  ['\0', 'file'],
]);

/** The header with what extended headers say over it. */
export function applyExtended(raw: RawHeader, records: PaxRecords, fail: Fail): TarHead {
  const type = raw.flag === 'S' ? 'file' : typeOfFlag.get(raw.flag);
  if (type === undefined) return fail(`unknown entry type ${JSON.stringify(raw.flag)}`);
  const value = (key: string): string | undefined => (records.size > 0 && records.has(key) ? textOf(records.get(key)!) : undefined);
  const path = value('path') ?? raw.path;
  if (path === '' || path.includes('\0')) fail('an entry without a usable name');
  // v7 has no directories but names that end with a slash.
  const settled = type === 'file' && path.endsWith('/') ? 'directory' : type;
  const xattrs = xattrsOf(records);
  const target = value('linkpath') ?? raw.target;
  const isLink = settled === 'symlink' || settled === 'hardlink';
  if (isLink && (target === '' || target.includes('\0'))) fail('a link without a usable target');
  const size = decimal(value('size'), 'size', fail) ?? raw.size;
  if (size < 0 || !Number.isInteger(size)) fail(`its size is ${size}`);
  return {
    path: withoutTrailingSlash(path),
    type: settled,
    mode: raw.mode & 0o7777,
    uid: decimal(value('uid'), 'uid', fail) ?? raw.uid,
    gid: decimal(value('gid'), 'gid', fail) ?? raw.gid,
    // Nothing but files has content, whatever its size field says: as Go's archive/tar reads it.
    sizeBytes: settled === 'file' ? size : 0,
    mtimeSeconds: decimal(value('mtime'), 'mtime', fail) ?? raw.mtime,
    ...(isLink ? { target } : {}),
    ...(settled === 'character' || settled === 'block' ? { device: { major: raw.major, minor: raw.minor } } : {}),
    ...(xattrs ? { xattrs } : {}),
  };
}

function xattrsOf(records: PaxRecords): ReadonlyMap<string, Uint8Array> | undefined {
  if (records.size === 0) return undefined;
  const found = [...records].filter(([key]) => key.startsWith(XATTR)).map(([key, bytes]) => [key.slice(XATTR.length), bytes] as const);
  return found.length === 0 ? undefined : new Map(found);
}

/** A loop: a regular expression is quadratic in a hostile name of slashes. */
function withoutTrailingSlash(path: string): string {
  let end = path.length;
  while (end > 1 && path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
}

function decimal(value: string | undefined, key: string, fail: Fail): number | undefined {
  if (value === undefined) return undefined;
  if (!/^-?[0-9]{1,18}(\.[0-9]*)?$/.test(value)) fail(`the extended header's ${key} is ${JSON.stringify(value.slice(0, 40))}`);
  return safe(Number(value), key, fail);
}

function text(block: Buffer, name: keyof typeof FIELDS): string {
  const [start, length] = FIELDS[name];
  let end = start;
  while (end < start + length && block[end] !== 0) end += 1;
  return end === start ? '' : textBetween(block, start, end);
}

/** Octal digits, or GNU's base-256: two's complement, marked by the first bit. */
function number(block: Uint8Array, name: keyof typeof FIELDS, fail: Fail): number {
  const [start, length] = FIELDS[name];
  const first = block[start] ?? 0;
  if ((first & 0x80) === 0) return octal(block, name, fail);
  let value = first === 0xff ? -1n : BigInt(first & 0x7f);
  for (const byte of block.subarray(start + 1, start + length)) value = (value << 8n) | BigInt(byte);
  return safe(Number(value), name, fail);
}

/** Digits with blanks before them, up to a blank, a NUL or the field's end. */
function octal(block: Uint8Array, name: keyof typeof FIELDS, fail: Fail): number {
  const [start, length] = FIELDS[name];
  const end = start + length;
  let at = start;
  while (at < end && block[at] === BLANK) at += 1;
  let value = 0;
  for (; at < end && block[at] !== 0 && block[at] !== BLANK; at += 1) {
    const digit = (block[at] ?? 0) - DIGIT_0;
    if (digit < 0 || digit > 7) fail(`the ${name} field is no octal number`);
    value = value * 8 + digit;
  }
  return value;
}

function safe(value: number, name: string, fail: Fail): number {
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) fail(`the ${name} is out of range`);
  return value;
}
