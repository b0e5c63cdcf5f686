import type { Cursor } from './cursor.ts';
import { backticks, dollar, escapedQuoted } from './dollars.ts';
import { doubleQuoted, singleQuoted, translated } from './quotes.ts';
import { isAtWhitespace, whitespace } from './spaces.ts';
import type { Token } from './token.ts';

/** Between two operands. Longer ones first; what would go on as another operator is none. */
const BINARY = /(?:\*\*|<<=|>>=|[*/%+\-&^|]=|<<|>>|<=|>=|==|!=|\|\||&&|[-+*/%<>&^|=])(?![&|<>=])/y;

const UNARY = /\+\+|--|[!~+-]/y;
const STEP = /\+\+|--/y;
const NAME = /[A-Za-z_][A-Za-z_0-9]*/y;
const LITERAL = /#|\\[\s\S]|[^+\-*/=%^,\]?:[{}|&;<>()\\ '\t\n\r\u00A0"$`@!#]+/y;

/** The expansions and commands inside an arithmetic expression; which operator binds stronger is of no interest. */
export function arithmetic(cursor: Cursor): readonly Token[] {
  blanks(cursor);
  const parts: Token[] = [];
  if (cursor.ended || ')];,'.includes(cursor.char)) return parts;
  parts.push(...expression(cursor));
  while (cursor.char === ',') {
    cursor.at += 1;
    blanks(cursor);
    parts.push(...expression(cursor));
  }
  return parts;
}

function blanks(cursor: Cursor): void {
  for (;;) {
    if (isAtWhitespace(cursor)) whitespace(cursor);
    else if (cursor.sees('\\\n')) cursor.at += 2;
    else return;
  }
}

function expression(cursor: Cursor): readonly Token[] {
  const parts = [...operand(cursor)];
  for (;;) {
    if (cursor.skip(BINARY)) {
      blanks(cursor);
      parts.push(...operand(cursor));
      continue;
    }
    if (cursor.char !== '?') return parts;
    cursor.at += 1;
    blanks(cursor);
    parts.push(...expression(cursor));
    cursor.expect(':');
    blanks(cursor);
    parts.push(...expression(cursor));
  }
}

function operand(cursor: Cursor): readonly Token[] {
  while (cursor.skip(UNARY)) blanks(cursor);
  const parts = term(cursor);
  blanks(cursor);
  if (cursor.skip(STEP)) blanks(cursor);
  return parts;
}

function term(cursor: Cursor): readonly Token[] {
  if (cursor.char === '(') {
    cursor.at += 1;
    const parts = arithmetic(cursor);
    cursor.expect(')');
    return parts;
  }
  if (cursor.skip(NAME)) {
    while (cursor.char === '[') {
      cursor.at += 1;
      arithmetic(cursor);
      cursor.expect(']');
    }
    return [];
  }
  const parts = [piece(cursor)];
  while (beginsPiece(cursor)) parts.push(piece(cursor));
  return parts;
}

const beginsPiece = (cursor: Cursor): boolean => `'"$\`´`.includes(cursor.char || ' ') || cursor.isAt(LITERAL);

function piece(cursor: Cursor): Token {
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
    default:
      return cursor.token('literal', cursor.at, [], cursor.match(LITERAL));
  }
}
