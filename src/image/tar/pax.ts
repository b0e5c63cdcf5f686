import { bytesOf, textOf } from './text.ts';

/** Keywords of an extended header, in order of appearance. */
export type PaxRecords = ReadonlyMap<string, Uint8Array>;

const SPACE = 0x20;
const EQUALS = 0x3d;
const NEWLINE = 0x0a;

/** `LENGTH KEY=VALUE\n` for each, keys in code-unit order: POSIX.1-2024, pax, "pax Extended Header". */
export function encodePax(records: PaxRecords): Uint8Array {
  return Buffer.concat([...records].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => encodeRecord(key, value)));
}

function encodeRecord(key: string, value: Uint8Array): Uint8Array {
  const body = Buffer.concat([bytesOf(` ${key}=`), value, Buffer.from('\n')]);
  // The length counts its own digits.
  let length = body.length + String(body.length).length;
  if (String(length).length > String(body.length).length) length += 1;
  return Buffer.concat([Buffer.from(String(length)), body]);
}

const MAP = 'GNU.sparse.map';
const joined = (list: Uint8Array | undefined, value: Uint8Array): Uint8Array =>
  list ? Buffer.concat([list, Buffer.from(','), value]) : value;

/** Reads what `encodePax` writes; values are exact bytes. Undefined when the bytes are no extended header. */
export function decodePax(bytes: Uint8Array): PaxRecords | undefined {
  const records = new Map<string, Uint8Array>();
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(SPACE, at);
    const digits = space < 0 || space - at > 10 ? '' : Buffer.from(bytes.subarray(at, space)).toString('latin1');
    const end = at + (/^[0-9]+$/.test(digits) ? Number(digits) : 0);
    const equals = bytes.indexOf(EQUALS, space);
    if (end <= space + 1 || end > bytes.length || bytes[end - 1] !== NEWLINE || equals < 0 || equals >= end) return undefined;
    const key = textOf(bytes.subarray(space + 1, equals));
    const value = new Uint8Array(bytes.subarray(equals + 1, end - 1));
    // Repeated for each piece of a sparse file in the oldest of its formats (0.0): as the next one (0.1) has it.
    if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') records.set(MAP, joined(records.get(MAP), value));
    else records.set(key, value);
    at = end;
  }
  return records;
}
