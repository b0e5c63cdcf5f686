import { isBlank, isSpace } from './text.ts';

/** A word and where it stands. Offsets are those of the line. */
export interface RawWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The words between blanks; quotes mean nothing. */
export function blankSeparated(line: string, start: number, end: number): RawWord[] {
  const words: RawWord[] = [];
  let from = start;
  for (let at = start; at <= end; at += 1) {
    if (at < end && !isBlank(line.charCodeAt(at))) continue;
    words.push({ text: line.slice(from, at), start: from, end: at });
    while (at + 1 < end && isBlank(line.charCodeAt(at + 1))) at += 1;
    from = at + 1;
  }
  return words;
}

/**
 * The words between white space; a quote keeps white space together, and an escape keeps the next character. Quotes
 * and escapes stay in the text: they are taken out when variables are put in. An escape at the very end is dropped.
 */
export function quotedWords(line: string, start: number, end: number, escape: string): RawWord[] {
  const words: RawWord[] = [];
  let at = start;
  for (;;) {
    while (at < end && isSpace(line.charCodeAt(at))) at += 1;
    if (at >= end) return words;
    const from = at;
    at = endOfWord(line, at, end, escape);
    const dropsEscape = at > end;
    at = Math.min(at, end);
    const text = line.slice(from, dropsEscape ? end - 1 : at);
    if (text !== '') words.push({ text, start: from, end: at });
  }
}

/** Where the word at `start` ends; `end + 1` when its last character is an escape with nothing after it. */
function endOfWord(line: string, start: number, end: number, escape: string): number {
  let quote = '';
  for (let at = start; at < end; at += 1) {
    const char = line.charAt(at);
    if (quote === '' && isSpace(line.charCodeAt(at))) return at;
    if (quote === '' && (char === "'" || char === '"')) quote = char;
    else if (char === quote) quote = '';
    if (char === escape && quote !== "'") {
      if (at + 1 === end) return end + 1;
      at += 1;
    }
  }
  return end;
}
