/** How many bytes are looked at. */
const LOOK = 512;

export type Utf16 = 'little' | 'big';

/** The byte order of a text in UTF-16, by its mark, or, without one, by its Latin letters; undefined for anything else. */
export function utf16Of(head: Uint8Array): Utf16 | undefined {
  const [first, second, third, fourth] = head;
  if (first === 0xff && second === 0xfe) return third === 0 && fourth === 0 ? undefined : 'little'; // with two zeros UTF-32
  if (first === 0xfe && second === 0xff) return 'big';
  if (head.length < 8) return undefined;
  const even = head.subarray(0, LOOK & ~1);
  return isLatin(even, 0) ? 'little' : isLatin(even, 1) ? 'big' : undefined;
}

/** Whether letters stand at every other byte, from this one on, and zeros, as a rule, at those between. */
function isLatin(bytes: Uint8Array, from: number): boolean {
  let zeros = 0;
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    const letter = bytes[at + from] ?? 0;
    const other = bytes[at + 1 - from] ?? 0;
    if (letter < 9 || (letter > 13 && letter < 0x20 && other === 0)) return false;
    if (other === 0) zeros += 1;
  }
  return zeros * 8 > bytes.length * 3;
}

/** The same text in UTF-8. */
export async function* asUtf8(content: AsyncIterable<Uint8Array>, order: Utf16): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = new TextDecoder(order === 'little' ? 'utf-16le' : 'utf-16be');
  for await (const piece of content) yield Buffer.from(decoder.decode(piece, { stream: true }));
  yield Buffer.from(decoder.decode());
}
