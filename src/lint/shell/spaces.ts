import type { Cursor } from './cursor.ts';
import { readHeredocs } from './heredocs.ts';

/** Blanks inside a line, those of Unicode that ShellCheck forgives included. */
export const BLANKS = ' \t\u00A0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200B\u202F';

const COMMENT = /#(?![ \t]*shellcheck)[^\r\n]*/y;
const DIRECTIVE = /#[ \t]*shellcheck[^\r\n]*/y;

export function linefeed(cursor: Cursor): void {
  if (cursor.char === '\r') cursor.at += 1;
  cursor.expect('\n');
  readHeredocs(cursor);
}

export const isAtLineEnd = ({ char }: Cursor): boolean => char === '\n' || char === '\r';

const isAtBlank = ({ char }: Cursor): boolean => char === ' ' || char === '\t' || (char > '\u007F' && BLANKS.includes(char));

export const isAtWhitespace = (cursor: Cursor): boolean => isAtBlank(cursor) || isAtLineEnd(cursor);

/** One character of it. */
export function whitespace(cursor: Cursor): string {
  if (cursor.char !== '\n') return cursor.oneOf(`${BLANKS}\r`);
  linefeed(cursor);
  return '\n';
}

/** Blanks, continued lines and a comment. Whether there were blanks. */
export function spacing(cursor: Cursor): boolean {
  let found = false;
  for (; ; cursor.at += 1) {
    if (isAtBlank(cursor)) found = true;
    else if (cursor.char === '\\' && cursor.next === '\n') cursor.at += 1;
    else break;
  }
  if (cursor.char === '#') cursor.skip(COMMENT);
  return found;
}

/** The same over several lines. */
export function allSpacing(cursor: Cursor): boolean {
  let found = spacing(cursor);
  while (isAtLineEnd(cursor)) {
    linefeed(cursor);
    spacing(cursor);
    found = true;
  }
  return found;
}

export function someSpacing(cursor: Cursor): void {
  if (!allSpacing(cursor)) cursor.refuse();
}

/** Line ends between commands: one at least. */
export function newlines(cursor: Cursor): void {
  if (!isAtLineEnd(cursor)) cursor.refuse();
  lineBreak(cursor);
}

/** Line ends, where there are any. */
export function lineBreak(cursor: Cursor): void {
  while (isAtLineEnd(cursor)) {
    linefeed(cursor);
    spacing(cursor);
  }
}

/** `# shellcheck …` where no directive belongs. */
export function skipDirective(cursor: Cursor): void {
  if (cursor.char === '#') cursor.skip(DIRECTIVE);
}

/** `# shellcheck …` before a command. */
export function directives(cursor: Cursor): void {
  while (cursor.char === '#' && cursor.skip(DIRECTIVE)) allSpacing(cursor);
}

/** A token of punctuation and the blanks after it. */
export function sign(cursor: Cursor, text: string): string {
  cursor.expect(text);
  spacing(cursor);
  return text;
}
