import { EnvironmentError } from '../../../base/index.ts';

/** What may still come out of the archives of an image. No limit in time: what a proof says would depend on the machine. */
export interface Room {
  bytes: number;
  entries: number;
}

const MIB = 1 << 20;
/** At some hundred megabytes a second: ten seconds. */
const BYTES = 1024 * MIB;
const ENTRIES = 200_000;

/** What is unpacked may be so many times as large, and this in any case; layers have the same (`image/verified.ts`). */
const RATIO = 100;
const FREE = 16 * MIB;

/** What must be in memory as a whole, packed or unpacked. Bytes. */
export const HELD = 64 * MIB;

export const newRoom = (): Room => ({ bytes: BYTES, entries: ENTRIES });

export const isSpent = ({ bytes, entries }: Room): boolean => bytes < 0 || entries < 0;

/** Passes on what comes out of `packed` bytes, as long as there is room for it. Throws EnvironmentError when there is none. */
export async function* within(
  room: Room,
  unpacked: AsyncIterable<Uint8Array>,
  packed: () => number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let seen = 0;
  for await (const piece of unpacked) {
    seen += piece.length;
    room.bytes -= piece.length;
    if (room.bytes < 0) throw tooMuch(`more than ${BYTES / MIB} MiB come out of the archives of this image`);
    if (seen > Math.max(FREE, packed() * RATIO)) throw tooMuch(`it expands to more than ${RATIO} times its size`);
    yield piece;
  }
}

/** Takes room for one more file. */
export function takeEntry(room: Room): void {
  room.entries -= 1;
  if (room.entries < 0) throw tooMuch(`the archives of this image hold more than ${ENTRIES} files`);
}

/** All of these bytes. Throws EnvironmentError above `HELD`. */
export async function held(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of content) {
    size += piece.length;
    if (size > HELD) throw tooMuch(`it is larger than ${HELD / MIB} MiB`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

export const unreadable = (what: string): EnvironmentError => new EnvironmentError(what, 'look into it by hand');
const tooMuch = unreadable;
