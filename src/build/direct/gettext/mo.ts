import type { Message } from './po.ts';

const MAGIC = 0x950412de;
const HEADER_BYTES = 28;

/**
 * A .mo file, little endian, without the hash table that readers may do without: the bytes that `msgfmt --no-hash` writes.
 * Source: GNU gettext manual, "The Format of GNU MO Files".
 */
export function writeMo(messages: readonly Message[]): Uint8Array {
  const sorted = messages
    .map(({ key, text }) => ({ key: Buffer.from(key, 'latin1'), text: Buffer.from(text, 'latin1') }))
    .toSorted((a, b) => Buffer.compare(upToNul(a.key), upToNul(b.key)));
  const tables = 8 * sorted.length;
  const head = Buffer.alloc(HEADER_BYTES + 2 * tables);
  [MAGIC, 0, sorted.length, HEADER_BYTES, HEADER_BYTES + tables, 0, HEADER_BYTES + 2 * tables].forEach((word, i) =>
    head.writeUInt32LE(word, 4 * i),
  );
  const strings = [...sorted.map((it) => it.key), ...sorted.map((it) => it.text)];
  let offset = head.length;
  strings.forEach((string, i) => {
    head.writeUInt32LE(string.length, HEADER_BYTES + 8 * i);
    head.writeUInt32LE(offset, HEADER_BYTES + 8 * i + 4);
    offset += string.length + 1;
  });
  return Buffer.concat([head, ...strings.flatMap((string) => [string, NUL])]);
}

const NUL = Buffer.of(0);

/** Readers compare C strings: what a plural form adds after the NUL is not looked at. */
const upToNul = (key: Buffer): Buffer => (key.includes(0) ? key.subarray(0, key.indexOf(0)) : key);
