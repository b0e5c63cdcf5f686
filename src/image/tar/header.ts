import { BLOCK, type TarHead, type TarType } from './entry.ts';
import { encodePax } from './pax.ts';
import { bytesOf } from './text.ts';
import { paddingOf } from './entry.ts';

/** Offset and length of each field: POSIX.1-2024, pax, "ustar Header Block". */
export const FIELDS = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  target: [157, 100],
  magic: [257, 8],
  major: [329, 8],
  minor: [337, 8],
  prefix: [345, 155],
} as const satisfies Record<string, readonly [number, number]>;

type Field = keyof typeof FIELDS;

/** The flags of POSIX. `7` (contiguous) and NUL (v7) are read as files too. */
export const TYPE_FLAGS: Readonly<Record<TarType, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
};

/**
 * The header blocks of one entry: ustar, with a pax extended header before it where ustar cannot say it exactly.
 * The same head gives the same bytes.
 */
export function encodeHead(head: TarHead): Uint8Array {
  const path = bytesOf(head.type === 'directory' ? `${head.path}/` : head.path);
  const target = bytesOf(head.target ?? '');
  const records = new Map<string, Uint8Array>();
  for (const [name, value] of head.xattrs ?? []) records.set(`SCHILY.xattr.${name}`, value);

  const split = splitPath(path);
  if (!split) records.set('path', path);
  if (target.length > FIELDS.target[1] || !isAscii(target)) records.set('linkpath', target);
  const number = (field: Field, value: number): number => {
    if (Number.isInteger(value) && value >= 0 && value <= largest(field)) return value;
    records.set(field, Buffer.from(String(value)));
    return 0;
  };

  const block = Buffer.alloc(BLOCK);
  putBytes(block, 'name', split?.name ?? path);
  putBytes(block, 'prefix', split?.prefix ?? new Uint8Array());
  putNumber(block, 'mode', head.mode);
  putNumber(block, 'uid', number('uid', head.uid));
  putNumber(block, 'gid', number('gid', head.gid));
  putNumber(block, 'size', number('size', head.sizeBytes));
  putNumber(block, 'mtime', number('mtime', head.mtimeSeconds));
  putBytes(block, 'target', target);
  if (head.device) putNumber(block, 'major', head.device.major);
  if (head.device) putNumber(block, 'minor', head.device.minor);
  finish(block, TYPE_FLAGS[head.type]);
  return records.size === 0 ? block : Buffer.concat([extendedHeader(path, encodePax(records)), block]);
}

/** Two zero blocks: the end of a tar. */
export const endOfTar = (): Uint8Array => new Uint8Array(2 * BLOCK);

/** Sum of the header's bytes with the checksum field as blanks; historic tars summed signed bytes. */
export function checksums(block: Uint8Array): { readonly unsigned: number; readonly signed: number } {
  const [start, length] = FIELDS.checksum;
  let unsigned = 0x20 * length;
  let above = 0;
  for (let i = 0; i < BLOCK; i += 1) {
    const byte = block[i]!;
    unsigned += byte;
    above += byte >> 7;
  }
  for (let i = start; i < start + length; i += 1) {
    unsigned -= block[i]!;
    above -= block[i]! >> 7;
  }
  return { unsigned, signed: unsigned - 0x100 * above };
}

function extendedHeader(path: Uint8Array, body: Uint8Array): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  // Only readers that do not know pax see this name. GNU tar puts its process id here: never the same twice.
  const shown = Buffer.from(path)
    .toString('latin1')
    .replaceAll(/[^ -~]/g, '_')
    .replace(/\/$/, '');
  putBytes(block, 'name', Buffer.from(`PaxHeaders/${shown.slice(shown.lastIndexOf('/') + 1).slice(0, 80)}`));
  putNumber(block, 'mode', 0o644);
  for (const field of ['uid', 'gid', 'mtime'] as const) putNumber(block, field, 0);
  putNumber(block, 'size', body.length);
  finish(block, 'x');
  return Buffer.concat([block, body, Buffer.alloc(paddingOf(body.length))]);
}

/** Name and prefix that ustar can hold; undefined when it takes a pax header. */
function splitPath(path: Uint8Array): { name: Uint8Array; prefix: Uint8Array } | undefined {
  if (!isAscii(path)) return undefined;
  if (path.length <= FIELDS.name[1]) return { name: path, prefix: new Uint8Array() };
  const slash = path.indexOf(0x2f, path.length - FIELDS.name[1] - 1);
  if (slash <= 0 || slash > FIELDS.prefix[1] || slash === path.length - 1) return undefined;
  return { name: path.subarray(slash + 1), prefix: path.subarray(0, slash) };
}

const isAscii = (bytes: Uint8Array): boolean => bytes.every((byte) => byte < 0x80);
/** Octal digits with a NUL after them. */
const largest = (field: Field): number => 8 ** (FIELDS[field][1] - 1) - 1;

function putBytes(block: Uint8Array, field: Field, value: Uint8Array): void {
  const [start, length] = FIELDS[field];
  block.set(value.subarray(0, length), start);
}

function putNumber(block: Buffer, field: Field, value: number): void {
  const [start, length] = FIELDS[field];
  block.write(value.toString(8).padStart(length - 1, '0'), start, 'latin1');
}

function finish(block: Buffer, flag: string): void {
  block.write(flag, FIELDS.type[0], 'latin1');
  block.write('ustar\x0000', FIELDS.magic[0], 'latin1');
  // Six octal digits, NUL, blank: as every tar since v7 writes it.
  block.write(`${checksums(block).unsigned.toString(8).padStart(6, '0')}\0 `, FIELDS.checksum[0], 'latin1');
}
