/** Where a logical line ends, and what of it matters to blocks. Offsets are into the source. */
export interface LogicalLine {
  /** After the line's end. */
  readonly end: number;
  /** The first `:` outside of brackets and strings; -1: none. */
  readonly colon: number;
  /** `;` outside of brackets and strings. */
  readonly semicolons: readonly number[];
  /** Physical lines that it takes. */
  readonly newlines: number;
}

const NEWLINE = 10;
const QUOTE = 34;
const APOSTROPHE = 39;
const HASH = 35;
const BACKSLASH = 92;
const NONE: readonly number[] = [];

/** What a character means outside of strings; 0: nothing. A table, because it is asked for every character of megabytes. */
const MEANING = new Uint8Array(65536);
const OPENS = 1;
const CLOSES = 2;
const COLON = 3;
const SEMICOLON = 4;
for (const [characters, meaning] of [
  ['([{', OPENS],
  [')]}', CLOSES],
  [':', COLON],
  [';', SEMICOLON],
  ['\n"\'#\\', 5],
] as const)
  for (const character of characters) MEANING[character.charCodeAt(0)] = meaning;

/** Reads from the start of a logical line to its end: Language Reference, 2.1.2 to 2.1.6. */
export function endOfLogicalLine(source: string, from: number): LogicalLine {
  let depth = 0;
  let colon = -1;
  let semicolons = NONE;
  let newlines = 0;
  let at = from;
  while (at < source.length) {
    const code = source.charCodeAt(at);
    const meaning = MEANING[code];
    if (meaning === 0) at += 1;
    else if (code === NEWLINE) {
      newlines += 1;
      at += 1;
      if (depth === 0) break;
    } else if (code === HASH) {
      const end = source.indexOf('\n', at);
      at = end < 0 ? source.length : end;
    } else if (code === QUOTE || code === APOSTROPHE) {
      const end = endOfString(source, at);
      newlines += newlinesIn(source, at, end);
      at = end;
    } else if (code === BACKSLASH) {
      const width = source.startsWith('\r\n', at + 1) ? 3 : 2;
      if (source.charCodeAt(at + width - 1) === NEWLINE) newlines += 1;
      at += width;
    } else {
      if (meaning === OPENS) depth += 1;
      else if (meaning === CLOSES) depth = Math.max(0, depth - 1);
      else if (depth === 0 && meaning === COLON && colon < 0 && source.charCodeAt(at + 1) !== 61) colon = at;
      else if (depth === 0 && meaning === SEMICOLON) semicolons = [...semicolons, at];
      at += 1;
    }
  }
  return { end: Math.min(at, source.length), colon, semicolons, newlines };
}

/** The offset after a string literal that begins at `at`. A string of one line that is not closed ends with the line. */
function endOfString(source: string, at: number): number {
  const code = source.charCodeAt(at);
  const triple = source.charCodeAt(at + 1) === code && source.charCodeAt(at + 2) === code;
  const formatted = isFormatted(source, at);
  for (let i = at + (triple ? 3 : 1); i < source.length; i += 1) {
    const c = source.charCodeAt(i);
    if (c === BACKSLASH) i += 1;
    else if (c === NEWLINE && !triple) return i;
    else if (formatted && c === 123) i = source.charCodeAt(i + 1) === 123 ? i + 1 : endOfReplacement(source, i, triple ? -1 : NEWLINE);
    else if (c === code && (!triple || (source.charCodeAt(i + 1) === code && source.charCodeAt(i + 2) === code)))
      return i + (triple ? 3 : 1);
  }
  return source.length;
}

/** PEP 701: a replacement field of an f-string may hold strings with the same quotes. Returns the offset of its `}`. */
function endOfReplacement(source: string, open: number, stop: number): number {
  let depth = 0;
  for (let i = open; i < source.length; i += 1) {
    const c = source.charCodeAt(i);
    if (c === stop) return i - 1;
    if (c === QUOTE || c === APOSTROPHE) {
      // Before PEP 701 the outer quote ends the string: a field that is never closed on its line is none.
      i = endOfString(source, i) - 1;
    } else if (c === 123) depth += 1;
    else if (c === 125 && (depth -= 1) === 0) return i;
  }
  return source.length;
}

/** `f`, `rf`, `fr`, `t` before the quote. */
function isFormatted(source: string, quote: number): boolean {
  const before = source.charCodeAt(quote - 1) | 32;
  // Most literals have no prefix at all.
  if (before !== 102 && before !== 116 && before !== 114) return false;
  return /(?:^|[^A-Za-z0-9_])(?:f|t|rf|fr|rt|tr)$/i.test(source.slice(Math.max(0, quote - 3), quote));
}

function newlinesIn(source: string, from: number, to: number): number {
  let count = 0;
  for (let at = source.indexOf('\n', from); at >= 0 && at < to; at = source.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** The indentation of a line in columns, tabs to the next multiple of 8 (2.1.8), and where its text starts. */
export function indentOf(source: string, from: number): { readonly indent: number; readonly start: number } {
  let indent = 0;
  let start = from;
  for (; start < source.length; start += 1) {
    const code = source.charCodeAt(start);
    if (code === 32) indent += 1;
    else if (code === 9) indent += 8 - (indent % 8);
    else if (code === 12 || code === 0xfeff) indent = 0;
    else break;
  }
  return { indent, start };
}

/** Nothing but blanks and a comment: no logical line. */
export function isBlankLine(source: string, from: number, end: number): boolean {
  const { start } = indentOf(source, from);
  const code = source.charCodeAt(start);
  return start >= end || code === NEWLINE || code === 13 || code === HASH;
}
