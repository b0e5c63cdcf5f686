import type { Cursor } from './cursor.ts';
import { whitespace } from './spaces.ts';
import type { Token } from './token.ts';
import { literalPiece, wordPart } from './words.ts';

/** `*`, `?`, `[…]`, `@(…)`, and the characters that begin such a thing where none follows. */
export const glob = (cursor: Cursor): Token =>
  cursor.choose(
    () => extendedGlob(cursor),
    () => cursor.token('glob', cursor.at, [], cursor.oneOf('*?')),
    () => cursor.attempt(() => characterClass(cursor)),
    () => globLiteral(cursor),
  );

function globLiteral(cursor: Cursor): Token {
  const start = cursor.at;
  const text = cursor.oneOf('?*@!+[');
  return cursor.token('literal', start, [], text);
}

function characterClass(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.expect('[');
  const negation = cursor.optional(() => cursor.oneOf('!^')) ?? '';
  const bracket = cursor.optional(() => cursor.expect(']')) ?? '';
  const pieces = cursor.many(() =>
    cursor.choose(
      () => cursor.match(/\[:[A-Za-z]+:\]/y),
      () => literalPiece(cursor, ']'),
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
      () => cursor.token('literal', cursor.at, [], cursor.atLeastOne(() => whitespace(cursor)).join('')),
      () => cursor.token('literal', cursor.at, [], cursor.match(/[<>#;&]+/y)),
    ),
  );
  return cursor.token('word', start, parts);
}

function group(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.expect('(');
  const parts = alternatives(cursor);
  cursor.expect(')');
  return cursor.token('other', start, parts);
}
