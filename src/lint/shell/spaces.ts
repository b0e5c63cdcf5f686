import type { Cursor } from './cursor.ts';
import { readHeredocs } from './heredocs.ts';

/** Blanks inside a line, those of Unicode that ShellCheck forgives included. */
export const BLANKS = ' \t\u00A0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200B\u202F';

const COMMENT = /#(?![ \t]*shellcheck)[^\r\n]*/y;
const DIRECTIVE = /#[ \t]*shellcheck[^\r\n]*/y;

export function linefeed(cursor: Cursor): string {
  if (cursor.char === '\r') cursor.at += 1;
  cursor.expect('\n');
  readHeredocs(cursor);
  return '\n';
}

export const whitespace = (cursor: Cursor): string =>
  cursor.choose(
    () => cursor.oneOf(`${BLANKS}\r`),
    () => linefeed(cursor),
  );

/** Blanks, continued lines and a comment. Returns the blanks. */
export function spacing(cursor: Cursor): string {
  let found = '';
  for (;;) {
    if (cursor.char !== '' && BLANKS.includes(cursor.char)) found += cursor.any();
    else if (cursor.sees('\\\n')) cursor.at += 2;
    else break;
  }
  cursor.optional(() => cursor.match(COMMENT));
  return found;
}

/** The same over several lines. */
export function allSpacing(cursor: Cursor): string {
  let found = spacing(cursor);
  while (cursor.optional(() => linefeed(cursor)) !== undefined) found += `\n${spacing(cursor)}`;
  return found;
}

export function someSpacing(cursor: Cursor): void {
  if (allSpacing(cursor) === '') cursor.refuse();
}

/** Line ends between commands. */
export function newlines(cursor: Cursor): void {
  cursor.atLeastOne(() => {
    cursor.choose(
      () => linefeed(cursor),
      () => cursor.expect('\r'),
    );
    spacing(cursor);
  });
}

export function lineBreak(cursor: Cursor): void {
  cursor.optional(() => newlines(cursor));
}

/** `# shellcheck …` where no directive belongs. */
export function skipDirective(cursor: Cursor): void {
  cursor.optional(() => cursor.match(DIRECTIVE));
}

/** `# shellcheck …` before a command. */
export function directives(cursor: Cursor): void {
  cursor.many(() => {
    cursor.match(DIRECTIVE);
    allSpacing(cursor);
  });
}

/** A token of punctuation and the blanks after it. */
export function sign(cursor: Cursor, text: string): string {
  cursor.expect(text);
  spacing(cursor);
  return text;
}
