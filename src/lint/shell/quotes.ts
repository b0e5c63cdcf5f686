import type { Cursor } from './cursor.ts';
import { backticks, dollar } from './dollars.ts';
import { isAtLineEnd, linefeed } from './spaces.ts';
import type { Token } from './token.ts';

const OPENING_QUOTES = '\u201C\u201D\u2033\u2036';
const PLAIN = /[^\\"$`\u201C\u201D\u2033\u2036]+/y;

export function singleQuoted(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.expect("'");
  const text = cursor.match(/[^']*/y);
  cursor.expect("'");
  return cursor.token('single-quoted', start, [], text);
}

export function doubleQuoted(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.expect('"');
  const parts = untilQuote(cursor);
  return cursor.token('double-quoted', start, parts);
}

/** `$"…"`. */
export function translated(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.expect('$"');
  const parts = untilQuote(cursor);
  return cursor.token('translated', start, parts);
}

function untilQuote(cursor: Cursor): readonly Token[] {
  const parts: Token[] = [];
  while (!cursor.ended && cursor.char !== '"') parts.push(quotedPart(cursor));
  cursor.expect('"');
  return parts;
}

/** One part of what stands in double quotes. */
export function quotedPart(cursor: Cursor): Token {
  switch (cursor.char) {
    case '$':
      return dollar(cursor);
    case '`':
      return backticks(cursor, true);
    default:
      return cursor.char > '\u007F' && OPENING_QUOTES.includes(cursor.char)
        ? cursor.token('literal', cursor.at, [], cursor.oneOf(OPENING_QUOTES))
        : literal(cursor);
  }
}

function literal(cursor: Cursor): Token {
  const start = cursor.at;
  let text = '';
  for (;;) {
    const { at } = cursor;
    if (cursor.char === '\\') text += escaped(cursor);
    else if (cursor.skip(PLAIN)) text += cursor.text.slice(at, cursor.at);
    else return cursor.token('literal', start, [], text);
  }
}

function escaped(cursor: Cursor): string {
  cursor.expect('\\');
  if (isAtLineEnd(cursor)) {
    linefeed(cursor);
    return '';
  }
  const char = cursor.any();
  return '\\"$`'.includes(char) ? char : `\\${char}`;
}
