import type { Cursor } from './cursor.ts';
import { backticks, dollarExpression, escapedQuoted, lonelyDollar } from './dollars.ts';
import { doubleQuoted, singleQuoted, translated } from './quotes.ts';
import { whitespace } from './spaces.ts';
import type { Token } from './token.ts';

/** Between two operands. Longer ones first; what would go on as another operator is none. */
const BINARY = /(?:\*\*|<<=|>>=|[*/%+\-&^|]=|<<|>>|<=|>=|==|!=|\|\||&&|[-+*/%<>&^|=])(?![&|<>=])/y;

/** The expansions and commands inside an arithmetic expression; which operator binds stronger is of no interest. */
export function arithmetic(cursor: Cursor): readonly Token[] {
  blanks(cursor);
  const parts: Token[] = [];
  const first = cursor.optional(() => expression(cursor));
  if (first === undefined) return parts;
  parts.push(...first);
  while (cursor.char === ',') {
    cursor.at += 1;
    blanks(cursor);
    parts.push(...expression(cursor));
  }
  return parts;
}

function blanks(cursor: Cursor): void {
  cursor.many(() => (cursor.sees('\\\n') ? cursor.expect('\\\n') : whitespace(cursor)));
}

function expression(cursor: Cursor): readonly Token[] {
  const parts = [...operand(cursor)];
  for (;;) {
    if (cursor.optional(() => cursor.match(BINARY)) !== undefined) {
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
  while (cursor.optional(() => cursor.match(/\+\+|--|[!~+-]/y)) !== undefined) blanks(cursor);
  const parts = term(cursor);
  blanks(cursor);
  if (cursor.optional(() => cursor.match(/\+\+|--/y)) !== undefined) blanks(cursor);
  return parts;
}

function term(cursor: Cursor): readonly Token[] {
  if (cursor.char === '(') {
    cursor.at += 1;
    const parts = arithmetic(cursor);
    cursor.expect(')');
    return parts;
  }
  if (cursor.optional(() => cursor.match(/[A-Za-z_][A-Za-z_0-9]*/y)) !== undefined) {
    cursor.many(() => {
      cursor.expect('[');
      arithmetic(cursor);
      cursor.expect(']');
    });
    return [];
  }
  return cursor.atLeastOne(() =>
    cursor.choose(
      () => singleQuoted(cursor),
      () => doubleQuoted(cursor),
      () => dollarExpression(cursor),
      () => translated(cursor),
      () => escapedQuoted(cursor),
      () => lonelyDollar(cursor),
      () => backticks(cursor, false),
      () => cursor.token('literal', cursor.at, [], cursor.match(/#|\\[\s\S]|[^+\-*/=%^,\]?:[{}|&;<>()\\ '\t\n\r\u00A0"$`@!#]+/y)),
    ),
  );
}
