import type { Span } from '../../dockerfile/index.ts';

/** Text as hadolint reads it, and where each of its characters stands in the file. */
export interface Said {
  readonly text: string;
  readonly places: readonly number[];
}

export const NOTHING: Said = { text: '', places: [] };

export const joined = (parts: readonly Said[]): Said =>
  parts.length === 1 && parts[0] !== undefined
    ? parts[0]
    : { text: parts.map((part) => part.text).join(''), places: parts.flatMap((part) => part.places) };

/** Without white space around. */
export function trimmed({ text, places }: Said): Said {
  const start = text.length - text.trimStart().length;
  const end = start + text.trim().length;
  return { text: text.slice(start, end), places: places.slice(start, end) };
}

/** Where a part of the text stands in the file; undefined where nothing is said. */
export function placeOf({ places }: Said, start = 0, end: number = places.length): Span | undefined {
  const [first, last] = [places[start], places[end - 1]];
  return first === undefined || last === undefined ? undefined : { start: first, end: last + 1 };
}
