import { MARKS } from './text.ts';

/** A mark, and where in it the three bytes lie that it is looked for by. */
interface Sought {
  readonly bytes: Uint8Array;
  readonly at: number;
}

/** What is looked at lies at most two bytes apart: three bytes of each mark are sought, in blocks of two. */
const LEAST = 3;
/** Of two bytes; ASCII alone, so that the table stays in a processor's nearest cache. */
const blockOf = (first: number, second: number): number => ((first & 127) << 7) | (second & 127);
const BLOCKS = 1 << 14;
/** How often a byte comes in texts and programs, very roughly. */
const commonness = (byte: number): number =>
  byte >= 0x61 && byte <= 0x7a ? ('etaoinsrhldcumfpg'.includes(String.fromCharCode(byte)) ? 8 : 4) : byte >= 0x30 && byte <= 0x5a ? 2 : 1;

/** Of a mark, the three bytes whose last two come least often. */
function rarest(bytes: Uint8Array): number {
  const costs = Array.from(
    { length: bytes.length - LEAST + 1 },
    (_, at) => commonness(bytes[at + 1] ?? 0) * commonness(bytes[at + 2] ?? 0) * 16 + commonness(bytes[at] ?? 0),
  );
  return costs.indexOf(Math.min(...costs));
}

interface Tables {
  readonly shifts: Uint8Array;
  /** By the last two of the three bytes. */
  readonly ending: readonly (readonly Sought[] | undefined)[];
}

/** Made when the first file is searched: most commands search none. */
let tables: Tables | undefined;

function tablesOf(marks: readonly string[]): Tables {
  const shifts = new Uint8Array(BLOCKS).fill(LEAST - 1);
  const ending: (readonly Sought[] | undefined)[] = Array.from({ length: BLOCKS });
  for (const mark of marks) {
    const bytes = Uint8Array.from(mark, (character) => character.charCodeAt(0));
    const at = rarest(bytes);
    const [first = 0, second = 0, third = 0] = bytes.subarray(at);
    const [before, last] = [blockOf(first, second), blockOf(second, third)];
    shifts[before] = Math.min(1, shifts[before] ?? 0);
    shifts[last] = 0;
    ending[last] = [...(ending[last] ?? []), { bytes, at }];
  }
  return { shifts, ending };
}

/**
 * Where marks begin, about in order: the search of Wu and Manber ("A fast algorithm for multi-pattern searching", 1994), with
 * blocks of two bytes.
 */
export function markedPlaces(bytes: Uint8Array): readonly number[] {
  const { shifts, ending } = (tables ??= tablesOf(MARKS));
  const places: number[] = [];
  let at = LEAST - 1;
  while (at < bytes.length) {
    const block = blockOf(bytes[at - 1] as number, bytes[at] as number);
    const shift = shifts[block] as number;
    if (shift > 0) {
      at += shift;
      continue;
    }
    for (const sought of ending[block] ?? []) {
      const begin = at - (LEAST - 1) - sought.at;
      if (isAt(bytes, begin, sought.bytes)) places.push(begin);
    }
    at += 1;
  }
  return places;
}

function isAt(bytes: Uint8Array, begin: number, sought: Uint8Array): boolean {
  if (begin < 0) return false;
  for (let i = 0; i < sought.length; i += 1) if (bytes[begin + i] !== sought[i]) return false;
  return true;
}
