import { arithmetic } from './arithmetic.ts';
import type { Cursor } from './cursor.ts';
import { doubleQuoted, singleQuoted } from './quotes.ts';
import { extendedGlob } from './globs.ts';
import { allSpacing, BLANKS, whitespace } from './spaces.ts';
import type { Token } from './token.ts';

const EXPRESSION = /\$[({[0-9$\-?!#*@A-Za-z_]/y;
const OPERATORS = /[/:+\-=%]+/y;
const VARIABLE = /\$(?:[0-9]|[$\-?!#*@]|[A-Za-z_][A-Za-z_0-9]*)/y;

/** What a `$` begins, or the `$` that stands alone. */
export const dollar = (cursor: Cursor): Token => (cursor.isAt(EXPRESSION) ? dollarExpression(cursor) : lonelyDollar(cursor));

/** Everything that a `$` begins, but not the `$` that stands alone. */
export function dollarExpression(cursor: Cursor): Token {
  if (cursor.char !== '$') cursor.refuse();
  switch (cursor.next) {
    case '(':
      return cursor.sees('$((') ? arithmeticOrSubstitution(cursor) : substitution(cursor);
    case '[':
      return bracketed(cursor);
    case '{':
      return `|\r\n${BLANKS}`.includes(cursor.text.charAt(cursor.at + 2) || 'x') ? braceSubstitution(cursor) : braced(cursor);
    default:
      return variable(cursor);
  }
}

function lonelyDollar(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.expect('$');
  return cursor.token('literal', start, [], '$');
}

/** `$'…'`. Escapes stay as they are. */
export function escapedQuoted(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.expect("$'");
  const text = genericLiteral(cursor, "'");
  cursor.expect("'");
  return cursor.token('escaped-quoted', start, [], text);
}

/** Text up to one of these characters; an escaped character keeps its backslash. */
function genericLiteral(cursor: Cursor, ends: string): string {
  let text = '';
  while (!cursor.ended && !ends.includes(cursor.char)) {
    const char = cursor.any();
    if (char !== '\\') text += char;
    else {
      const next = cursor.any();
      if (next !== '\n') text += `\\${next}`;
    }
  }
  return text;
}

/** `$((` begins arithmetic, or a substitution whose first command is a subshell. */
function arithmeticOrSubstitution(cursor: Cursor): Token {
  return cursor.choose(
    () => cursor.attempt(() => dollarArithmetic(cursor)),
    () => cursor.attempt(() => substitution(cursor)),
    () => dollarArithmetic(cursor),
  );
}

function dollarArithmetic(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.expect('$((');
  const parts = arithmetic(cursor);
  cursor.expect(')');
  cursor.expect(')');
  return cursor.token('arithmetic', start, parts);
}

function substitution(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.expect('$(');
  const parts = cursor.grammar.listOrNothing(cursor);
  cursor.expect(')');
  return cursor.token('substitution', start, parts);
}

/** `$[…]`. */
function bracketed(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.expect('$[');
  const parts = arithmetic(cursor);
  cursor.expect(']');
  return cursor.token('other', start, parts);
}

/** `${ …; }`, as ksh has it. */
function braceSubstitution(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.expect('${');
  if (cursor.char === '|') cursor.at += 1;
  else whitespace(cursor);
  allSpacing(cursor);
  const parts = cursor.grammar.list(cursor);
  cursor.expect('}');
  return cursor.token('other', start, parts);
}

function braced(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.expect('${');
  const inside = cursor.at;
  const parts: Token[] = [];
  while (!cursor.ended && cursor.char !== '}') parts.push(bracedPart(cursor));
  const word = cursor.token('word', inside, parts);
  cursor.expect('}');
  return cursor.token('parameter', start, [word]);
}

function bracedPart(cursor: Cursor): Token {
  const { at } = cursor;
  switch (cursor.char) {
    case "'":
      return singleQuoted(cursor);
    case '"':
      return doubleQuoted(cursor);
    case '$':
      return cursor.next === "'" ? escapedQuoted(cursor) : dollar(cursor);
    case '`':
    case '´':
      return backticks(cursor, false);
    default:
      if (cursor.skip(OPERATORS)) return cursor.token('operator', at, [], cursor.text.slice(at, cursor.at));
      return '?*@!'.includes(cursor.char) && cursor.next === '(' ? extendedGlob(cursor) : bracedLiteral(cursor);
  }
}

function bracedLiteral(cursor: Cursor): Token {
  const start = cursor.at;
  const isEnd = (): boolean => cursor.ended || '}"$`\''.includes(cursor.char);
  if (isEnd()) cursor.refuse();
  let text = '';
  while (!isEnd()) {
    const char = cursor.any();
    if (char !== '\\') {
      text += char;
      continue;
    }
    const next = cursor.any();
    if (next !== '\n') text += '}"$`\''.includes(next) ? next : `\\${next}`;
  }
  return cursor.token('literal', start, [], text);
}

function variable(cursor: Cursor): Token {
  const start = cursor.at;
  const text = cursor.match(VARIABLE).slice(1);
  const word: Token = { kind: 'literal', text, parts: [], start: cursor.place(start + 1), end: cursor.place(cursor.at) };
  return cursor.token('parameter', start, [word]);
}

/** The commands inside are read on their own; where they cannot be read there are none. */
export function backticks(cursor: Cursor, quoted: boolean): Token {
  const start = cursor.at;
  cursor.oneOf('`´');
  const inside = cursor.at;
  const raw = genericLiteral(cursor, '`´');
  cursor.oneOf('`´');
  const text = raw.replaceAll(quoted ? /\\(["$`\\])/g : /\\([$`\\])/g, '$1').replaceAll('\\\n', '');
  const parts = cursor.inner(text, inside, (inner) => inner.grammar.listOrNothing(inner));
  return cursor.token('backticks', start, parts ?? []);
}
