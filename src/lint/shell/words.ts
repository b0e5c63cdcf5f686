import type { Cursor } from './cursor.ts';
import { backticks, dollar, dollarExpression, escapedQuoted } from './dollars.ts';
import { glob } from './globs.ts';
import { doubleQuoted, singleQuoted, translated } from './quotes.ts';
import { allSpacing, isAtWhitespace, spacing } from './spaces.ts';
import type { Token } from './token.ts';

/** Plain text, with escaped characters in it, up to one of these or to what is special in a word. */
const literalUntil = (ends: string): RegExp => {
  const plain = String.raw`[^${ends}[{}|&;<>()\\ '\t\n\r\u00A0"$` + '`' + String.raw`?*@!+\u201C\u201D\u2033\u2036\u2018\u2019]*`;
  return new RegExp(String.raw`${plain}(?:\\[\s\S]${plain})*`, 'y');
};
const LITERAL = literalUntil('');
const LITERAL_IN_BRACKETS = literalUntil(String.raw`\]`);
const QUOTES = '\u2018\u2019\u201C\u201D\u2033\u2036';

export function word(cursor: Cursor): Token {
  const start = cursor.at;
  const parts = [wordPart(cursor)];
  while (beginsWord(cursor)) parts.push(wordPart(cursor));
  return cursor.token('word', start, parts);
}

/** Whether a word, or another part of one, could be read here. */
export function beginsWord(cursor: Cursor): boolean {
  switch (cursor.char) {
    case '':
    case ' ':
    case '\n':
    case ';':
    case '&':
    case '|':
    case ')':
    case '(':
    case '\t':
    case '\r':
    case '\u00A0':
      return false;
    case '<':
    case '>':
      return cursor.next === '(';
    default:
      return true;
  }
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
      return cursor.next === '"' ? translated(cursor) : cursor.next === "'" ? escapedQuoted(cursor) : dollar(cursor);
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
    case '*':
    case '?':
    case '@':
    case '!':
    case '+':
    case '[':
      return glob(cursor);
    default:
      return cursor.char > '\u007F' && QUOTES.includes(cursor.char) ? quoteCharacter(cursor) : literal(cursor, end);
  }
}

function quoteCharacter(cursor: Cursor): Token {
  const start = cursor.at;
  const text = cursor.oneOf(QUOTES);
  return cursor.token('literal', start, [], text);
}

function literal(cursor: Cursor, end: string): Token {
  const start = cursor.at;
  const text = literalText(cursor, end);
  return cursor.token('literal', start, [], text);
}

/** Plain text and escaped characters, without the backslashes. */
export function literalText(cursor: Cursor, end: string): string {
  const { at } = cursor;
  cursor.skip(end.includes(']') ? LITERAL_IN_BRACKETS : LITERAL);
  if (cursor.char === '\\') {
    // Nothing is left to escape.
    cursor.at += 1;
    cursor.refuse();
  }
  if (cursor.at === at) cursor.refuse();
  const text = cursor.text.slice(at, cursor.at);
  return text.includes('\\') ? text.replaceAll(/\\([\s\S])/g, (_, char: string) => (char === '\n' ? '' : char)) : text;
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
  const isEnd = (): boolean => '{}"$\','.includes(cursor.char) || isAtWhitespace(cursor);
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
        () => {
          if (!spacing(cursor)) cursor.refuse();
        },
        () => cursor.match(/[|&;<>()\\ '\t\n\r\u00A0"$`]+/y),
      ),
    );
  });
  cursor.expect(']');
}
