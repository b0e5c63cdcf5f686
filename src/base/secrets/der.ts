/** One value of DER (X.690): its tag, and what is in it. */
export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
}

export const TAG = { integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, sequence: 0x30, first: 0xa0, second: 0xa1 } as const;

/** The values that fill all of these bytes, one after the other; undefined where they do not. */
export function derValues(bytes: Uint8Array): readonly DerValue[] | undefined {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = lengthAt(bytes, at + 1);
    if (!length || length.from + length.bytes > bytes.length) return undefined;
    values.push({ tag: bytes[at] ?? 0, content: bytes.subarray(length.from, length.from + length.bytes) });
    at = length.from + length.bytes;
  }
  return values;
}

/** What is in a SEQUENCE; undefined for anything else. */
export const partsOf = (value: DerValue | undefined): readonly DerValue[] | undefined =>
  value?.tag === TAG.sequence ? derValues(value.content) : undefined;

/** What is in the one SEQUENCE that fills all of these bytes. */
export function sequenceIn(bytes: Uint8Array): readonly DerValue[] | undefined {
  const values = bytes[0] === TAG.sequence ? derValues(bytes) : undefined;
  return values?.length === 1 ? partsOf(values[0]) : undefined;
}

/** `1.2.840.113549.1.7.1`: 8.19. */
export function oidOf({ tag, content }: DerValue): string | undefined {
  if (tag !== TAG.oid || content.length === 0) return undefined;
  const numbers: number[] = [];
  let number = 0;
  for (const byte of content) {
    number = number * 128 + (byte & 127);
    if (byte >= 128) continue;
    numbers.push(number);
    number = 0;
  }
  const [both = 0, ...rest] = numbers;
  const first = Math.min(2, Math.floor(both / 40));
  return [first, both - first * 40, ...rest].join('.');
}

export function numberOf({ tag, content }: DerValue): bigint | undefined {
  if (tag !== TAG.integer || content.length === 0) return undefined;
  return BigInt(`0x${Array.from(content, (byte) => byte.toString(16).padStart(2, '0')).join('')}`);
}

/** 8.1.3, definite lengths alone; four bytes at most. */
function lengthAt(bytes: Uint8Array, at: number): { readonly from: number; readonly bytes: number } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 0x80) return { from: at + 1, bytes: first };
  const count = first & 0x7f;
  if (count === 0 || count > 4 || at + 1 + count > bytes.length) return undefined;
  const length = bytes.subarray(at + 1, at + 1 + count).reduce((sum, byte) => sum * 256 + byte, 0);
  return { from: at + 1 + count, bytes: length };
}
