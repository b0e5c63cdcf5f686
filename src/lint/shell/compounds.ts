import { arithmetic } from './arithmetic.ts';
import { caseSeparator, commandWord, list, redirected } from './commands.ts';
import type { Cursor } from './cursor.ts';
import { keyword, semicolon } from './keywords.ts';
import { allSpacing, lineBreak, linefeed, newlines, sign, spacing, whitespace } from './spaces.ts';
import type { Token } from './token.ts';
import { word } from './words.ts';

/** `{ … }`, `( … )`, `if`, loops, `case`, functions; each with its redirections. */
export const compound = (cursor: Cursor): Token => redirected(cursor, inner);

/** Whether one is worth a try. */
export const beginsCompound = (cursor: Cursor): boolean =>
  cursor.char === '{' || cursor.char === '(' || cursor.isAt(BEGINS) || cursor.isAt(DEFINITION);

/** Keywords that begin a construct. */
const BEGINS = /(?:while|until|if|for|select|case)(?=$|[\s\\;()[<>&|#])/y;

function inner(cursor: Cursor): Token {
  if (cursor.char === '{') return braces(cursor);
  if (cursor.char === '(') return cursor.sees('((') ? doubleParentheses(cursor) : subshell(cursor);
  if (cursor.isAt(BEGINS)) return construct(cursor);
  return cursor.isAt(DEFINITION) ? functionDefinition(cursor) : cursor.refuse();
}

const CONSTRUCTS: Readonly<Record<string, (cursor: Cursor) => Token>> = {
  while: (cursor) => loop(cursor, 'while'),
  until: (cursor) => loop(cursor, 'until'),
  if: ifThen,
  for: forLoop,
  select,
  case: caseOf,
};

function construct(cursor: Cursor): Token {
  const read = CONSTRUCTS[cursor.ahead(() => cursor.match(BEGINS))];
  return cursor.choose(
    () => (read === undefined ? cursor.refuse() : read(cursor)),
    () => functionDefinition(cursor),
  );
}

function braces(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.expect('{');
  allSpacing(cursor);
  const parts = list(cursor);
  cursor.expect('}');
  const read = cursor.token('other', start, parts);
  spacing(cursor);
  return read;
}

/** `((` begins arithmetic, or a subshell in a subshell. */
function doubleParentheses(cursor: Cursor): Token {
  const read = (): Token => {
    const start = cursor.at;
    cursor.expect('((');
    const parts = arithmetic(cursor);
    cursor.expect('))');
    spacing(cursor);
    return cursor.token('other', start, parts);
  };
  return cursor.choose(
    () => cursor.attempt(read),
    () => cursor.attempt(() => subshell(cursor)),
    read,
  );
}

function subshell(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.expect('(');
  allSpacing(cursor);
  const parts = list(cursor);
  allSpacing(cursor);
  cursor.expect(')');
  const read = cursor.token('other', start, parts);
  spacing(cursor);
  return read;
}

function loop(cursor: Cursor, name: 'while' | 'until'): Token {
  const start = cursor.at;
  keyword(cursor, name);
  const test = list(cursor);
  const body = doGroup(cursor);
  return cursor.token('other', start, [...test, ...body]);
}

/** A `;` where none belongs is forgiven. */
function strayedSemicolon(cursor: Cursor): void {
  if (cursor.char === ';' && cursor.next !== ';') sign(cursor, ';');
}

function doGroup(cursor: Cursor): readonly Token[] {
  keyword(cursor, 'do');
  strayedSemicolon(cursor);
  allSpacing(cursor);
  const parts = list(cursor);
  keyword(cursor, 'done');
  return parts;
}

function ifThen(cursor: Cursor): Token {
  const start = cursor.at;
  const parts = branch(cursor, 'if');
  for (;;) {
    const more = cursor.sees('elif') ? cursor.optional(() => branch(cursor, 'elif')) : undefined;
    if (more === undefined) break;
    parts.push(...more);
  }
  if (cursor.sees('else')) parts.push(...(cursor.optional(() => elseBranch(cursor)) ?? []));
  keyword(cursor, 'fi');
  return cursor.token('other', start, parts);
}

function branch(cursor: Cursor, name: 'if' | 'elif'): Token[] {
  keyword(cursor, name);
  allSpacing(cursor);
  const test = list(cursor);
  keyword(cursor, 'then');
  strayedSemicolon(cursor);
  allSpacing(cursor);
  return [...test, ...list(cursor)];
}

function elseBranch(cursor: Cursor): readonly Token[] {
  keyword(cursor, 'else');
  strayedSemicolon(cursor);
  allSpacing(cursor);
  return list(cursor);
}

function forLoop(cursor: Cursor): Token {
  const start = cursor.at;
  keyword(cursor, 'for');
  const parts = cursor.char === '(' ? forArithmetic(cursor) : forIn(cursor);
  return cursor.token('other', start, parts);
}

const body = (cursor: Cursor): readonly Token[] => (cursor.char === '{' ? braces(cursor).parts : doGroup(cursor));

function forArithmetic(cursor: Cursor): readonly Token[] {
  const delimiter = (char: string): void => {
    cursor.expect(char);
    spacing(cursor);
    cursor.expect(char);
  };
  delimiter('(');
  const parts = [...arithmetic(cursor)];
  for (let i = 0; i < 2; i += 1) {
    cursor.expect(';');
    spacing(cursor);
    parts.push(...arithmetic(cursor));
  }
  spacing(cursor);
  delimiter(')');
  spacing(cursor);
  cursor.optional(() => {
    sequentialSeparator(cursor);
    spacing(cursor);
  });
  return [...parts, ...body(cursor)];
}

function sequentialSeparator(cursor: Cursor): void {
  if (cursor.char !== ';') {
    newlines(cursor);
    return;
  }
  semicolon(cursor);
  lineBreak(cursor);
}

function forIn(cursor: Cursor): readonly Token[] {
  if (cursor.char === '$') cursor.at += 1;
  cursor.match(/[A-Za-z_][A-Za-z_0-9]*/y);
  allSpacing(cursor);
  const values = cursor.choose(
    () => inValues(cursor),
    () => {
      cursor.optional(() => sequentialSeparator(cursor));
      return [];
    },
  );
  return [...values, ...body(cursor)];
}

function inValues(cursor: Cursor): readonly Token[] {
  keyword(cursor, 'in');
  const values = cursor.until(
    () => commandWord(cursor),
    () =>
      cursor.choose(
        () => semicolon(cursor),
        () => void linefeed(cursor),
        () => keyword(cursor, 'do'),
      ),
  );
  if (!cursor.isAhead(() => keyword(cursor, 'do'))) {
    cursor.optional(() => semicolon(cursor));
    allSpacing(cursor);
  }
  return values;
}

function select(cursor: Cursor): Token {
  const start = cursor.at;
  keyword(cursor, 'select');
  cursor.match(/[A-Za-z_][A-Za-z_0-9]*/y);
  spacing(cursor);
  const values = cursor.choose(
    () => inValues(cursor),
    () => {
      sequentialSeparator(cursor);
      return [];
    },
  );
  return cursor.token('other', start, [...values, ...doGroup(cursor)]);
}

function caseOf(cursor: Cursor): Token {
  const start = cursor.at;
  keyword(cursor, 'case');
  const parts = [word(cursor)];
  allSpacing(cursor);
  keyword(cursor, 'in');
  lineBreak(cursor);
  for (const item of cursor.many(() => caseItem(cursor))) parts.push(...item);
  keyword(cursor, 'esac');
  return cursor.token('other', start, parts);
}

function caseItem(cursor: Cursor): readonly Token[] {
  cursor.not(() => keyword(cursor, 'esac'));
  cursor.optional(() => sign(cursor, '('));
  spacing(cursor);
  const parts = [pattern(cursor)];
  while (cursor.char === '|') {
    sign(cursor, '|');
    parts.push(pattern(cursor));
  }
  sign(cursor, ')');
  lineBreak(cursor);
  if (!cursor.isAhead(() => caseSeparator(cursor))) parts.push(...list(cursor));
  caseSeparator(cursor);
  lineBreak(cursor);
  return parts;
}

function pattern(cursor: Cursor): Token {
  const read = word(cursor);
  spacing(cursor);
  return read;
}

/** Where a function may be defined: nothing else is worth a try. */
const DEFINITION = /function\s|[A-Za-z0-9_:+?\-./^@,][A-Za-z0-9_#:+?\-./^@,]*(?:[ \t]|\\\n)*\(/y;
const NAME = /[A-Za-z0-9_:+?\-./^@,][A-Za-z0-9_#:+?\-./^@,]*/y;
/** After the keyword `function` more is a name. */
const LENIENT_NAME = /[A-Za-z0-9_:+?\-./^@,[\]*=!]+/y;

function functionDefinition(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.attempt(() =>
    cursor.choose(
      () => {
        cursor.attempt(() => {
          cursor.expect('function');
          whitespace(cursor);
        });
        spacing(cursor);
        cursor.match(LENIENT_NAME);
        spacing(cursor);
        cursor.optional(() => parentheses(cursor));
      },
      () =>
        cursor.attempt(() => {
          // `time ( … )` is no function.
          if (cursor.match(NAME) === 'time') cursor.refuse();
          spacing(cursor);
          parentheses(cursor);
        }),
    ),
  );
  allSpacing(cursor);
  const parts = [
    cursor.choose(
      () => braces(cursor),
      () => subshell(cursor),
    ),
  ];
  return cursor.token('other', start, parts);
}

function parentheses(cursor: Cursor): void {
  sign(cursor, '(');
  if (cursor.char !== ')') cursor.match(/[^\n){]*/y);
  sign(cursor, ')');
}
