import type { Cursor } from './cursor.ts';
import { allSpacing, sign, skipDirective, spacing } from './spaces.ts';
import type { Token } from './token.ts';
import { arrayIndex, word } from './words.ts';

/** `>`, `2>&1`, `<<EOF` and their kind. */
export function redirection(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.attempt(() => source(cursor));
  const parts = cursor.choose(
    () => hereString(cursor),
    () => heredoc(cursor),
    () => cursor.attempt(() => duplicate(cursor)),
    () => toFile(cursor),
  );
  skipDirective(cursor);
  spacing(cursor);
  return cursor.token('other', start, parts);
}

/** What is redirected: a number, `{name}`, `&`, or nothing. */
function source(cursor: Cursor): void {
  cursor.choose(
    () => cursor.expect('&'),
    () => variable(cursor),
    () => cursor.match(/[0-9]*/y),
  );
  if (!cursor.sees('<<')) cursor.ahead(() => operator(cursor));
}

const variable = (cursor: Cursor): string => cursor.attempt(() => cursor.match(/\{[A-Za-z_][A-Za-z_0-9]*\}/y));

function operator(cursor: Cursor): void {
  const two = ['>>', '<>', '>&', '<&', '>|'].find((text) => cursor.sees(text));
  if (two !== undefined) sign(cursor, two);
  else cursor.match(/[<>](?!\()/y);
}

function hereString(cursor: Cursor): readonly Token[] {
  cursor.expect('<<<');
  spacing(cursor);
  return [word(cursor)];
}

function heredoc(cursor: Cursor): readonly Token[] {
  cursor.expect('<<');
  const dashed = cursor.char === '-';
  if (dashed) cursor.at += 1;
  spacing(cursor);
  const written = cursor.textOf(() => word(cursor)) + (cursor.char === '\r' ? cursor.any() : '');
  // Filled when the line is over; the walk comes later.
  const parts: Token[] = [];
  cursor.pending = [...cursor.pending, { ...unquoted(written), dashed, fill: (read): void => void parts.push(...read) }];
  return parts;
}

function unquoted(written: string): { readonly name: string; readonly quoted: boolean } {
  const quote = written.charAt(0);
  if (written.length > 1 && `'"`.includes(quote) && written.endsWith(quote)) return { name: written.slice(1, -1), quoted: true };
  return written.length > 1 && written.includes('\\')
    ? { name: written.replaceAll('\\', ''), quoted: true }
    : { name: written, quoted: false };
}

function duplicate(cursor: Cursor): readonly Token[] {
  sign(cursor, cursor.sees('>&') ? '>&' : '<&');
  cursor.choose(
    () => void variable(cursor),
    () => void cursor.match(/[0-9]+-?|-/y),
  );
  return [];
}

function toFile(cursor: Cursor): readonly Token[] {
  operator(cursor);
  spacing(cursor);
  return [word(cursor)];
}

/** `NAME=value`. `argument`: after a command such as `export`, where it is one of its words. */
export function assignment(cursor: Cursor, argument = false): Token {
  const start = cursor.at;
  cursor.attempt(() => {
    const dollar = !argument && cursor.optional(() => cursor.expect('$')) !== undefined;
    cursor.match(/[A-Za-z_][A-Za-z_0-9]*/y);
    cursor.many(() => arrayIndex(cursor));
    const blanks = spacing(cursor);
    if (cursor.sees('===')) cursor.refuse();
    cursor.match(/\+?=/y);
    if (dollar || blanks !== '') cursor.refuse();
  });
  const blanks = spacing(cursor);
  const parts: Token[] = [];
  if (blanks === '' && !cursor.ended && !'\r\n;&|)'.includes(cursor.char)) {
    parts.push(
      cursor.choose(
        () => array(cursor),
        () => word(cursor),
      ),
    );
    spacing(cursor);
  }
  return cursor.token('assignment', start, parts, argument ? 'argument' : '');
}

function array(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.expect('(');
  allSpacing(cursor);
  const parts = cursor.until(
    () => arrayElement(cursor),
    () => cursor.expect(')'),
  );
  cursor.expect(')');
  return cursor.token('other', start, parts);
}

function arrayElement(cursor: Cursor): Token {
  const { at: start } = cursor;
  const indexed = cursor.optional(() =>
    cursor.attempt(() => {
      cursor.atLeastOne(() => arrayIndex(cursor));
      return cursor.expect('=');
    }),
  );
  const value = (): Token =>
    cursor.choose(
      () => array(cursor),
      () => word(cursor),
    );
  const read = indexed === undefined ? value() : cursor.optional(value);
  allSpacing(cursor);
  return read ?? cursor.token('literal', start, []);
}
