import { EnvironmentError } from '../../base/index.ts';

/** Bytes in a row: from a file, a decompressor, memory. */
export type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Reads a stream by length. All ends are checked: too few bytes are an EnvironmentError that says where. */
export interface ByteSource {
  /** Bytes taken so far. */
  offset(): number;
  /** Exactly so many bytes; undefined when the stream has ended just here. */
  take(length: number): Promise<Uint8Array | undefined>;
  /** At least one byte, at most so many. */
  some(limit: number): Promise<Uint8Array>;
  /** Reads to the end and drops it, so that whoever checks the stream's hash sees all of it. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** The error of a tar that breaks the format. `offset` counts from the start of the uncompressed tar. */
export function brokenTar(name: string, offset: number, what: string): EnvironmentError {
  return new EnvironmentError(
    `${name}: broken tar at byte ${offset}: ${what}`,
    'it is damaged or was cut off: make it or fetch it again',
    'permanent',
  );
}

/** `broken` makes the error of a stream that ends too early. */
export function byteSource(bytes: Bytes, name: string, broken: typeof brokenTar = brokenTar): ByteSource {
  const iterator = Symbol.asyncIterator in bytes ? bytes[Symbol.asyncIterator]() : bytes[Symbol.iterator]();
  let rest: Uint8Array = new Uint8Array();
  let offset = 0;

  const fill = async (): Promise<boolean> => {
    while (rest.length === 0) {
      const next = await iterator.next();
      if (next.done === true) return false;
      rest = next.value;
    }
    return true;
  };
  const cut = (limit: number): Uint8Array => {
    const piece = rest.subarray(0, limit);
    rest = rest.subarray(piece.length);
    offset += piece.length;
    return piece;
  };
  const some = async (limit: number): Promise<Uint8Array> => {
    if (!(await fill())) throw broken(name, offset, 'it ends in the middle of an entry');
    return cut(limit);
  };
  return {
    offset: () => offset,
    some,
    async take(length) {
      if (!(await fill())) return undefined;
      if (rest.length >= length) return cut(length);
      const whole = new Uint8Array(length);
      for (let have = 0; have < length;) {
        const piece = await some(length - have);
        whole.set(piece, have);
        have += piece.length;
      }
      return whole;
    },
    async drain() {
      while (await fill()) cut(rest.length);
    },
    async close() {
      await iterator.return?.();
    },
  };
}
