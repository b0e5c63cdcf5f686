import type { Cursor } from './cursor.ts';
import { backticks, dollarExpression, lonelyDollar } from './dollars.ts';
import { linefeed } from './spaces.ts';
import type { Token } from './token.ts';

const OPENING_QUOTES = '\u201C\u201D\u2033\u2036';

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
  const parts = cursor.many(() => quotedParts(cursor));
  cursor.expect('"');
  return cursor.token('double-quoted', start, parts);
}

/** `$"…"`. */
export function translated(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.expect('$"');
  const parts = cursor.many(() => quotedParts(cursor));
  cursor.expect('"');
  return cursor.token('translated', start, parts);
}

/** One part of what stands in double quotes. */
export function quotedParts(cursor: Cursor): Token {
  switch (cursor.char) {
    case '$':
      return cursor.optional(() => dollarExpression(cursor)) ?? lonelyDollar(cursor);
    case '`':
      return backticks(cursor, true);
    case '"':
      return cursor.refuse();
    default:
      return cursor.char !== '' && OPENING_QUOTES.includes(cursor.char)
        ? cursor.token('literal', cursor.at, [], cursor.oneOf(OPENING_QUOTES))
        : literal(cursor);
  }
}

function literal(cursor: Cursor): Token {
  const start = cursor.at;
  const pieces = cursor.atLeastOne(() =>
    cursor.choose(
      () => escaped(cursor),
      () => cursor.match(/[^\\"$`\u201C\u201D\u2033\u2036]+/y),
    ),
  );
  return cursor.token('literal', start, [], pieces.join(''));
}

function escaped(cursor: Cursor): string {
  cursor.expect('\\');
  if (cursor.char === '\n' || cursor.char === '\r') {
    if (cursor.optional(() => linefeed(cursor)) !== undefined) return '';
  }
  const char = cursor.any();
  return '\\"$`'.includes(char) ? char : `\\${char}`;
}
