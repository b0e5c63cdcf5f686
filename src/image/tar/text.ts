// Names in a tar are bytes. Ours are strings: a byte that is not UTF-8 becomes a lone surrogate U+DC80 to U+DCFF and
// turns back into the same byte when written (PEP 383, "surrogateescape"), so that no two names ever become one.

/** The text of a name in a header. Nearly all are ASCII, which needs no view of its own. */
export function textBetween(block: Buffer, start: number, end: number): string {
  let at = start;
  while (at < end && block[at]! < 0x80) at += 1;
  return at === end ? block.toString('latin1', start, end) : textOf(block.subarray(start, end));
}

/** The text of a name, without loss. */
export function textOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return text.includes('\ufffd') ? escapeInvalid(bytes) : text;
}

/** The bytes of a name: `bytesOf(textOf(b))` equals `b`. */
export function bytesOf(text: string): Uint8Array {
  if (!/[\udc80-\udcff]/u.test(text)) return Buffer.from(text, 'utf8');
  const parts = text.split(/([\udc80-\udcff])/u);
  return Buffer.concat(parts.map((part, i) => (i % 2 === 1 ? Buffer.from([part.charCodeAt(0) - 0xdc00]) : Buffer.from(part, 'utf8'))));
}

function escapeInvalid(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length;) {
    const length = sequenceLength(bytes[i]!);
    const decoded = decode(bytes.subarray(i, i + length));
    text += decoded ?? String.fromCharCode(0xdc00 + bytes[i]!);
    i += decoded === undefined ? 1 : length;
  }
  return text;
}

/** Length of the UTF-8 sequence that `lead` opens: RFC 3629, section 3. */
function sequenceLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc0 ? 2 : 1;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(sequence: Uint8Array): string | undefined {
  try {
    return strict.decode(sequence);
  } catch {
    return undefined;
  }
}
