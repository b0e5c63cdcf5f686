import type { Cursor } from './cursor.ts';
import { isAtWhitespace, whitespace } from './spaces.ts';
import type { Kind, Token } from './token.ts';
import { literalText, wordPart } from './words.ts';

/** `*`, `?`, `[…]`, `@(…)`, and the characters that begin such a thing where none follows. */
export function glob(cursor: Cursor): Token {
  const { char } = cursor;
  if (char === '[') return cursor.optional(() => cursor.attempt(() => characterClass(cursor))) ?? single(cursor, 'literal');
  if (cursor.next === '(') return extendedGlob(cursor);
  return single(cursor, char === '*' || char === '?' ? 'glob' : 'literal');
}

const single = (cursor: Cursor, kind: Kind): Token => cursor.token(kind, cursor.at, [], cursor.any());

function characterClass(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.expect('[');
  const negation = cursor.optional(() => cursor.oneOf('!^')) ?? '';
  const bracket = cursor.optional(() => cursor.expect(']')) ?? '';
  const pieces = cursor.many(() =>
    cursor.choose(
      () => cursor.match(/\[:[A-Za-z]+:\]/y),
      () => literalText(cursor, ']'),
      () => cursor.oneOf('![?*@+'),
    ),
  );
  if (bracket === '' && pieces.length === 0) cursor.refuse();
  cursor.expect(']');
  return cursor.token('glob', start, [], `[${negation}${bracket}${pieces.join('')}]`);
}

export function extendedGlob(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.match(/[?*@!+]\(/y);
  const parts = alternatives(cursor);
  cursor.expect(')');
  return cursor.token('other', start, parts);
}

function alternatives(cursor: Cursor): readonly Token[] {
  const parts = [alternative(cursor)];
  while (cursor.char === '|') {
    cursor.at += 1;
    parts.push(alternative(cursor));
  }
  return parts;
}

function alternative(cursor: Cursor): Token {
  const start = cursor.at;
  const parts = cursor.many(() =>
    cursor.choose(
      () => group(cursor),
      () => wordPart(cursor),
      () => blanks(cursor),
      () => cursor.token('literal', cursor.at, [], cursor.match(/[<>#;&]+/y)),
    ),
  );
  return cursor.token('word', start, parts);
}

function blanks(cursor: Cursor): Token {
  const { at } = cursor;
  let text = whitespace(cursor);
  while (isAtWhitespace(cursor)) text += whitespace(cursor);
  return cursor.token('literal', at, [], text);
}

function group(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.expect('(');
  const parts = alternatives(cursor);
  cursor.expect(')');
  return cursor.token('other', start, parts);
}
