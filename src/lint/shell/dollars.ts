import { arithmetic } from './arithmetic.ts';
import type { Cursor } from './cursor.ts';
import { doubleQuoted, singleQuoted } from './quotes.ts';
import { extendedGlob } from './globs.ts';
import { allSpacing, whitespace } from './spaces.ts';
import type { Token } from './token.ts';

/** Everything that a `$` begins, but not the `$` that stands alone. */
export function dollarExpression(cursor: Cursor): Token {
  if (cursor.char !== '$') cursor.refuse();
  switch (cursor.text.charAt(cursor.at + 1)) {
    case '(':
      return cursor.sees('$((') ? arithmeticOrSubstitution(cursor) : substitution(cursor);
    case '[':
      return bracketed(cursor);
    case '{':
      return cursor.optional(() => braceSubstitution(cursor)) ?? braced(cursor);
    default:
      return variable(cursor);
  }
}

export function lonelyDollar(cursor: Cursor): Token {
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
  cursor.attempt(() => {
    cursor.expect('${');
    cursor.choose(
      () => cursor.expect('|'),
      () => whitespace(cursor),
    );
  });
  allSpacing(cursor);
  const parts = cursor.grammar.list(cursor);
  cursor.expect('}');
  return cursor.token('other', start, parts);
}

function braced(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.expect('${');
  const inside = cursor.at;
  const parts = cursor.many(() => bracedPart(cursor));
  const word = cursor.token('word', inside, parts);
  cursor.expect('}');
  return cursor.token('parameter', start, [word]);
}

const bracedPart = (cursor: Cursor): Token =>
  cursor.choose(
    () => singleQuoted(cursor),
    () => doubleQuoted(cursor),
    () => cursor.token('operator', cursor.at, [], cursor.match(/[/:+\-=%]+/y)),
    () => extendedGlob(cursor),
    () => dollarExpression(cursor),
    () => escapedQuoted(cursor),
    () => lonelyDollar(cursor),
    () => backticks(cursor, false),
    () => bracedLiteral(cursor),
  );

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
  const text = cursor.match(/\$(?:[0-9]|[$\-?!#*@]|[A-Za-z_][A-Za-z_0-9]*)/y).slice(1);
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
