import { skipSpace } from './text.ts';
import type { RawWord } from './words.ts';

/**
 * The JSON list of strings at `start`; `not-strings` when it is a list with something else in it, which BuildKit
 * refuses; undefined when it is no JSON list, which makes the instruction one in shell form.
 */
export function jsonList(line: string, start: number, end: number): readonly RawWord[] | 'not-strings' | undefined {
  const from = skipSpace(line, start, end);
  if (line.charAt(from) !== '[') return undefined;
  const text = line.slice(from, end);
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(list) || !fitsGo(list)) return undefined;
  if (!list.every((item) => typeof item === 'string')) return 'not-strings';
  return wordsOf(list, line, from);
}

/** encoding/json: a number beyond a float64, or more than 10,000 levels, is an error. */
function fitsGo(list: readonly unknown[]): boolean {
  let level: unknown[] = [...list];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > 10_000 || level.some((value) => typeof value === 'number' && !Number.isFinite(value))) return false;
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  return true;
}

/** Finds the strings again in a list that is known to be valid. */
function wordsOf(list: readonly string[], line: string, start: number): RawWord[] {
  let at = start;
  return list.map((item) => {
    const from = line.indexOf('"', at);
    at = from + 1;
    while (line.charAt(at) !== '"') at += line.charAt(at) === '\\' ? 2 : 1;
    at += 1;
    // Half of a surrogate pair in an escape is U+FFFD to Go.
    const text = line.slice(from, at).includes('\\u') ? item.replaceAll(/\p{Surrogate}/gu, '\uFFFD') : item;
    return { text, start: from, end: at };
  });
}
