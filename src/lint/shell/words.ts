import type { Cursor } from './cursor.ts';
import { backticks, dollarExpression, escapedQuoted, lonelyDollar } from './dollars.ts';
import { glob } from './globs.ts';
import { doubleQuoted, singleQuoted, translated } from './quotes.ts';
import { allSpacing, spacing, whitespace } from './spaces.ts';
import type { Token } from './token.ts';

/** What is no plain text in a word. */
const SPECIAL = '[{}|&;<>()\\ \'\t\n\r\u00A0"$`?*@!+\u201C\u201D\u2033\u2036\u2018\u2019';
const QUOTES = '\u2018\u2019\u201C\u201D\u2033\u2036';

export function word(cursor: Cursor): Token {
  const start = cursor.at;
  const parts = cursor.atLeastOne(() => wordPart(cursor));
  return cursor.token('word', start, parts);
}

/** `end`: characters that end the word here. */
export function wordPart(cursor: Cursor, end = ''): Token {
  if (cursor.char !== '' && end.includes(cursor.char)) cursor.refuse();
  switch (cursor.char) {
    case "'":
      return singleQuoted(cursor);
    case '"':
      return doubleQuoted(cursor);
    case '$':
      return dollarPart(cursor);
    case '`':
    case '´':
      return backticks(cursor, false);
    case '<':
    case '>':
      return processSubstitution(cursor);
    case '{':
      return cursor.optional(() => cursor.attempt(() => braceExpansion(cursor))) ?? curlyBraces(cursor);
    case '}':
      return curlyBraces(cursor);
    default:
      if (cursor.char !== '' && '*?@!+['.includes(cursor.char)) return glob(cursor);
      return cursor.char !== '' && QUOTES.includes(cursor.char) ? quoteCharacter(cursor) : literal(cursor, end);
  }
}

const dollarPart = (cursor: Cursor): Token =>
  cursor.choose(
    () => dollarExpression(cursor),
    () => translated(cursor),
    () => escapedQuoted(cursor),
    () => lonelyDollar(cursor),
  );

function quoteCharacter(cursor: Cursor): Token {
  const start = cursor.at;
  const text = cursor.oneOf(QUOTES);
  return cursor.token('literal', start, [], text);
}

function literal(cursor: Cursor, end: string): Token {
  const start = cursor.at;
  const text = cursor.atLeastOne(() => literalPiece(cursor, end)).join('');
  return cursor.token('literal', start, [], text);
}

/** Plain text, or one escaped character. */
export function literalPiece(cursor: Cursor, end: string): string {
  if (cursor.char === '\\') {
    cursor.at += 1;
    const char = cursor.any();
    return char === '\n' ? '' : char;
  }
  const { at } = cursor;
  while (!cursor.ended && !SPECIAL.includes(cursor.char) && !end.includes(cursor.char)) cursor.at += 1;
  if (cursor.at === at) cursor.refuse();
  return cursor.text.slice(at, cursor.at);
}

function curlyBraces(cursor: Cursor): Token {
  const start = cursor.at;
  const text = cursor.sees('{}') ? cursor.expect('{}') : cursor.oneOf('{}');
  return cursor.token('literal', start, [], text);
}

/** `{a,b}` and `{1..3}`. */
function braceExpansion(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.expect('{');
  const parts = [braceElement(cursor)];
  while (cursor.char === ',') {
    cursor.at += 1;
    parts.push(braceElement(cursor));
  }
  const range = parts[0]?.parts.some((part) => part.kind === 'literal' && part.text.includes('..')) ?? false;
  if (parts.length < 2 && !range) cursor.refuse();
  cursor.expect('}');
  return cursor.token('other', start, parts);
}

function braceElement(cursor: Cursor): Token {
  const start = cursor.at;
  const parts = cursor.many(() =>
    cursor.choose(
      () => braceExpansion(cursor),
      () => dollarExpression(cursor),
      () => singleQuoted(cursor),
      () => doubleQuoted(cursor),
      () => braceLiteral(cursor),
    ),
  );
  return cursor.token('word', start, parts);
}

function braceLiteral(cursor: Cursor): Token {
  const start = cursor.at;
  const isEnd = (): boolean => '{}"$\','.includes(cursor.char) || cursor.isAhead(() => whitespace(cursor));
  if (isEnd()) cursor.refuse();
  let text = '';
  while (!cursor.ended && !isEnd()) {
    const char = cursor.any();
    const next = char === '\\' ? cursor.any() : '';
    if (next !== '\n') text += char + next;
  }
  return cursor.token('literal', start, [], text);
}

function processSubstitution(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.match(/[<>]\(/y);
  const parts = cursor.grammar.listOrNothing(cursor);
  allSpacing(cursor);
  cursor.expect(')');
  return cursor.token('other', start, parts);
}

/** `[…]` after a name. What is in it is not read. */
export function arrayIndex(cursor: Cursor): void {
  cursor.expect('[');
  cursor.textOf(() => {
    cursor.many(() =>
      cursor.choose<unknown>(
        () => wordPart(cursor, ']'),
        () => spacing(cursor) || cursor.refuse(),
        () => cursor.match(/[|&;<>()\\ '\t\n\r\u00A0"$`]+/y),
      ),
    );
  });
  cursor.expect(']');
}
