import { closeSync, openSync, readSync } from 'node:fs';
import { BLOCK, paddingOf, storedBytes, type TarHead } from './entry.ts';
import { headerReader } from './headers.ts';
import { brokenTar } from './source.ts';

/** Bytes in a row in a file of this disk. */
export interface Place {
  readonly file: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** An entry whose content lies at `offset` of its tar. */
export type PlacedHead = TarHead & { readonly offset: number };

/** What is read at once: a header and what follows a small file. More costs more than it saves, because contents are jumped over. */
const WINDOW = 4 * 1024;

/**
 * The entries of a tar that lies in a file. Only headers are read: contents are jumped over. Blocking, because a header
 * is a few microseconds away. Errors as `readTar`.
 */
export function* readHeads(place: Place, name: string): Generator<PlacedHead, void, undefined> {
  const { take, skip, offset, close } = placeReader(place, name);
  const headers = headerReader(name);
  try {
    for (;;) {
      const at = offset();
      let step = headers.block(take(BLOCK), at);
      while (step.is === 'more') {
        // Kept until the entry that it speaks of has been read.
        const taken = step.sizeBytes === 0 ? new Uint8Array() : take(step.sizeBytes);
        const bytes = taken && Uint8Array.from(taken);
        skip(paddingOf(step.sizeBytes));
        step = headers.more(bytes);
      }
      if (step.is === 'end') return;
      if (step.is !== 'entry') continue;
      const { head } = step;
      yield Object.assign(head, { offset: offset() });
      const stored = storedBytes(head);
      skip(stored + paddingOf(stored));
    }
  } finally {
    close();
  }
}

/** Reads a part of a file by position. What `take` gives is good until the next call. */
function placeReader({ file, offset: start, sizeBytes }: Place, name: string) {
  const descriptor = openSync(file, 'r');
  const window = Buffer.allocUnsafe(WINDOW);
  let offset = 0;
  let [from, to] = [0, 0]; // what the window has, counted as `offset` is
  const ended = (): never => {
    throw brokenTar(name, sizeBytes, 'it ends in the middle of an entry');
  };
  const fill = (into: Buffer): number => readSync(descriptor, into, 0, Math.min(into.length, sizeBytes - offset), start + offset);
  return {
    offset: () => offset,
    close: () => closeSync(descriptor),
    take(length: number): Uint8Array | undefined {
      if (offset >= sizeBytes) return undefined;
      if (length > WINDOW) {
        const large = Buffer.alloc(length);
        if (fill(large) < length) return ended();
        offset += length;
        return large;
      }
      if (offset < from || offset + length > to) {
        from = offset;
        to = offset + fill(window);
        if (offset + length > to) return ended();
      }
      offset += length;
      return window.subarray(offset - length - from, offset - from);
    },
    skip(length: number): void {
      offset += length;
      if (offset > sizeBytes) ended();
    },
  };
}
