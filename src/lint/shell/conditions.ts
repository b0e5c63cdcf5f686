import type { Cursor } from './cursor.ts';
import { dollarExpression } from './dollars.ts';
import { doubleQuoted, singleQuoted } from './quotes.ts';
import { allSpacing, spacing } from './spaces.ts';
import type { Token } from './token.ts';
import { word, wordPart } from './words.ts';

const DASHES = '-\u058A\u05BE\u2010\u2011\u2012\u2013\u2014\u2015\uFE63\uFF0D';
const JOINED = /\|\||&&|-[oa]/y;
const OPERATORS = /==|!=|<=|>=|=~|>|<|=/y;

/** `[ … ]` or `[[ … ]]`: not a command, and wrong ones are no script at all. */
export function condition(cursor: Cursor): Token {
  const start = cursor.at;
  const single = !cursor.sees('[[');
  cursor.expect(single ? '[' : '[[');
  const space = allSpacing(cursor);
  const parts = cursor.choose(
    () => alternatives(cursor, single),
    () => {
      if (!space || cursor.char !== ']') cursor.refuse();
      return [];
    },
  );
  cursor.expect(cursor.sees(']]') ? ']]' : ']');
  spacing(cursor);
  return cursor.token('other', start, parts);
}

function alternatives(cursor: Cursor, single: boolean): readonly Token[] {
  const parts = [...term(cursor, single)];
  for (;;) {
    if (!cursor.skip(JOINED)) return parts;
    allSpacing(cursor);
    parts.push(...term(cursor, single));
  }
}

function term(cursor: Cursor, single: boolean): readonly Token[] {
  if (cursor.char === '!') {
    cursor.at += 1;
    allSpacing(cursor);
  }
  const parts = cursor.choose(
    () => group(cursor, single),
    () => unary(cursor, single),
    () => binary(cursor, single),
  );
  allSpacing(cursor);
  return parts;
}

/** As it stands, or escaped, or in quotes. */
function plainOrEscaped(cursor: Cursor, read: () => unknown): void {
  cursor.choose<unknown>(
    () =>
      cursor.attempt(() => {
        const quote = cursor.oneOf('\\\'"');
        read();
        if (quote !== '\\') cursor.expect(quote);
      }),
    read,
  );
}

function group(cursor: Cursor, single: boolean): readonly Token[] {
  cursor.attempt(() => plainOrEscaped(cursor, () => cursor.expect('(')));
  allSpacing(cursor);
  const parts = alternatives(cursor, single);
  plainOrEscaped(cursor, () => cursor.expect(')'));
  allSpacing(cursor);
  return parts;
}

function flag(cursor: Cursor): string {
  return cursor.attempt(() => {
    cursor.oneOf(DASHES);
    return `-${cursor.match(/\p{L}+/uy)}`;
  });
}

function unary(cursor: Cursor, single: boolean): readonly Token[] {
  cursor.attempt(() => {
    flag(cursor);
    allSpacing(cursor);
  });
  return [cursor.attempt(() => operand(cursor, single))];
}

function binary(cursor: Cursor, single: boolean): readonly Token[] {
  const left = operand(cursor, single);
  return cursor.choose(
    () => {
      const isRegex = cursor.sees('=~') || cursor.sees('~=');
      cursor.attempt(() => {
        plainOrEscaped(cursor, () => operator(cursor));
        allSpacing(cursor);
      });
      return [left, isRegex ? regex(cursor) : operand(cursor, single)];
    },
    () => [left],
  );
}

function operator(cursor: Cursor): void {
  cursor.choose(
    () => {
      cursor.attempt(() => {
        const read = flag(cursor);
        if (read === '-a' || read === '-o') cursor.refuse();
      });
    },
    () => void cursor.match(OPERATORS),
  );
}

function operand(cursor: Cursor, single: boolean): Token {
  cursor.not(() => {
    spacing(cursor);
    cursor.expect(']');
  });
  const read = word(cursor);
  const last = read.parts.at(-1);
  const ending = last?.kind === 'literal' ? last.text : '';
  const indexed = read.parts.length > 1 && read.parts[1]?.kind === 'literal' && read.parts[1].text === '[';
  const hasBracket = read.parts.some((part) => part.kind === 'literal' && part.text.includes('['));
  if (ending.endsWith(']') && !indexed && !hasBracket) cursor.refuse();
  if (single && ending.endsWith(')')) cursor.refuse();
  spacing(cursor);
  return read;
}

/** What is right of `=~`. */
function regex(cursor: Cursor): Token {
  const start = cursor.at;
  const parts = cursor.atLeastOne(() => regexPart(cursor));
  spacing(cursor);
  return cursor.token('word', start, parts);
}

const regexPart = (cursor: Cursor): Token =>
  cursor.choose(
    () => regexGroup(cursor),
    () => singleQuoted(cursor),
    () => doubleQuoted(cursor),
    () => dollarExpression(cursor),
    () => regexLiteral(cursor),
    () => cursor.token('literal', cursor.at, [], cursor.oneOf('|?*@!+{}[]$')),
  );

function regexLiteral(cursor: Cursor): Token {
  if ('[{}?*@!+$`\'"'.includes(cursor.char || '[')) cursor.refuse();
  return wordPart(cursor, '( ');
}

function regexGroup(cursor: Cursor): Token {
  const start = cursor.at;
  cursor.expect('(');
  const parts = cursor.many(() =>
    cursor.choose(
      () => regexPart(cursor),
      () => cursor.token('literal', cursor.at, [], cursor.match(/(?:\\[\s\S]|[^'\\"$`()])+/y)),
    ),
  );
  cursor.expect(')');
  return cursor.token('word', start, parts);
}
