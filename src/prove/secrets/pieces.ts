/** Bytes that are searched at one time, and what two such pieces share: a key of 8192 bits takes 6.4 kB in PEM. */
export const PIECE = 1 << 20;
export const SHARED = 16 * 1024;

/** The start of a file, all of it where it is small. */
export interface Start {
  readonly bytes: Buffer;
  /** Absent where that is all. */
  readonly rest?: AsyncIterator<Uint8Array>;
}

export async function startOf(content: AsyncIterable<Uint8Array>): Promise<Start> {
  const rest = content[Symbol.asyncIterator]();
  const pieces: Uint8Array[] = [];
  for (let length = 0; length <= PIECE;) {
    const next = await rest.next();
    if (next.done === true) return { bytes: joined(pieces) };
    pieces.push(next.value);
    length += next.value.length;
  }
  return { bytes: joined(pieces), rest };
}

/** All of the content again. */
export async function* wholeOf({ bytes, rest }: Start): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield bytes;
    for (let next = await rest?.next(); next && next.done !== true; next = await rest?.next()) yield next.value;
  } finally {
    await rest?.return?.();
  }
}

/** The content in pieces that overlap, each with what the one before ended with. */
export async function* overlapping(start: Start): AsyncGenerator<Buffer, void, undefined> {
  yield start.bytes;
  if (!start.rest) return;
  let pieces: Uint8Array[] = [start.bytes.subarray(-SHARED)];
  let length = SHARED;
  for (let next = await start.rest.next(); next.done !== true; next = await start.rest.next()) {
    pieces.push(next.value);
    length += next.value.length;
    if (length <= PIECE) continue;
    const bytes = joined(pieces);
    yield bytes;
    pieces = [bytes.subarray(-SHARED)];
    length = SHARED;
  }
  if (length > SHARED) yield joined(pieces);
}

function joined(pieces: readonly Uint8Array[]): Buffer {
  const [only] = pieces;
  return pieces.length === 1 && only ? Buffer.from(only.buffer, only.byteOffset, only.length) : Buffer.concat(pieces);
}
