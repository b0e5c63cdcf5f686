import type { Cursor } from './cursor.ts';
import { allSpacing, skipDirective, spacing } from './spaces.ts';
import type { Token } from './token.ts';
import { arrayIndex, word } from './words.ts';

/** What is redirected: a number, `{name}`, `&`, or nothing; then an operator. `<(` and `>(` begin words. */
const SOURCE = /(?:&|\{[A-Za-z_][A-Za-z_0-9]*\}|[0-9]*)(?=<<|>>|<>|>&|<&|>\||[<>](?!\())/y;
const OPERATOR = /<>|>>|>&|<&|>\||[<>]/y;
const DESCRIPTOR = /\{[A-Za-z_][A-Za-z_0-9]*\}|[0-9]+-?|-/y;

/** `>`, `2>&1`, `<<EOF` and their kind. */
export function redirection(cursor: Cursor): Token | undefined {
  const start = cursor.at;
  if (!cursor.skip(SOURCE)) return undefined;
  const parts = target(cursor);
  skipDirective(cursor);
  spacing(cursor);
  return cursor.token('other', start, parts);
}

function target(cursor: Cursor): readonly Token[] {
  if (cursor.sees('<<<')) return hereString(cursor);
  if (cursor.sees('<<')) return heredoc(cursor);
  cursor.match(OPERATOR);
  const duplicates = cursor.text.charAt(cursor.at - 1) === '&';
  spacing(cursor);
  if (duplicates && cursor.skip(DESCRIPTOR)) return [];
  return [word(cursor)];
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

/** A name, and what sets it. */
const NAME = /[A-Za-z_][A-Za-z_0-9]*/y;
const SETS = /(?!===)\+?=/y;
const SETS_NAME = /[A-Za-z_][A-Za-z_0-9]*(?:\\\n)*(?!===)\+?=/y;
const INDEXED_NAME = /[A-Za-z_][A-Za-z_0-9]*\[/y;

/** `NAME=value`. `argument`: after a command such as `export`, where it is one of its words. */
export function assignment(cursor: Cursor, argument = false): Token | undefined {
  const start = cursor.at;
  if (!cursor.skip(SETS_NAME) && !(cursor.isAt(INDEXED_NAME) && setsElement(cursor))) return undefined;
  const blanks = spacing(cursor);
  const parts: Token[] = [];
  if (!blanks && !cursor.ended && !'\r\n;&|)'.includes(cursor.char)) {
    parts.push(value(cursor));
    spacing(cursor);
  }
  return cursor.token('assignment', start, parts, argument ? 'argument' : '');
}

/** `NAME[…]=`. */
const setsElement = (cursor: Cursor): boolean =>
  cursor.optional(() =>
    cursor.attempt(() => {
      cursor.match(NAME);
      while (cursor.char === '[') arrayIndex(cursor);
      if (spacing(cursor)) cursor.refuse();
      cursor.match(SETS);
      return true;
    }),
  ) ?? false;

const value = (cursor: Cursor): Token => (cursor.char === '(' ? array(cursor) : word(cursor));

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
  const read = indexed === undefined ? value(cursor) : cursor.optional(() => value(cursor));
  allSpacing(cursor);
  return read ?? cursor.token('literal', start, []);
}
