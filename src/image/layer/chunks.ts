/**
 * The same bytes in pieces of exactly `size`, the last one shorter. Each piece has a buffer of its own, so it may be
 * transferred to another thread; `spare` ones, of `size`, are taken first.
 */
export async function* fixedChunks(
  bytes: AsyncIterable<Uint8Array>,
  size: number,
  spare: Uint8Array<ArrayBuffer>[] = [],
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  let chunk = spare.pop() ?? new Uint8Array(size);
  let filled = 0;
  for await (const piece of bytes) {
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + size - filled);
      chunk.set(part, filled);
      at += part.length;
      filled += part.length;
      if (filled < size) continue;
      yield chunk;
      chunk = spare.pop() ?? new Uint8Array(size);
      filled = 0;
    }
  }
  if (filled > 0) yield chunk.slice(0, filled);
}
