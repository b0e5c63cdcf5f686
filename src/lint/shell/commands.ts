import { beginsCompound, compound } from './compounds.ts';
import { condition } from './conditions.ts';
import type { Cursor } from './cursor.ts';
import { endsList } from './keywords.ts';
import { assignment, redirection } from './redirections.ts';
import { allSpacing, directives, isAtLineEnd, lineBreak, newlines, sign, skipDirective, someSpacing, spacing } from './spaces.ts';
import type { Token } from './token.ts';
import { beginsWord, word } from './words.ts';

/** Commands between `;`, `&` and line ends: one at least. */
export function list(cursor: Cursor): readonly Token[] {
  allSpacing(cursor);
  const commands: Token[] = [andOr(cursor)];
  for (;;) {
    const separator = readSeparator(cursor);
    if (separator === undefined) return commands;
    if (separator === '&') commands.push(inBackground(commands.pop()));
    const more = isAtEnd(cursor) ? undefined : cursor.optional(() => andOr(cursor));
    if (more === undefined) return commands;
    commands.push(more);
  }
}

export function listOrNothing(cursor: Cursor): readonly Token[] {
  allSpacing(cursor);
  return isAtEnd(cursor) ? [] : (cursor.optional(() => list(cursor)) ?? []);
}

const isAtEnd = (cursor: Cursor): boolean => cursor.ended || endsList(cursor);

const inBackground = (command: Token | undefined): Token =>
  command === undefined
    ? { kind: 'other', text: '', parts: [], start: 0, end: 0 }
    : { kind: 'other', text: '', parts: [command], start: command.start, end: command.end };

/** `;`, `&` or line ends; undefined where the list does not go on. */
function readSeparator(cursor: Cursor): string | undefined {
  if (isAtLineEnd(cursor)) {
    newlines(cursor);
    return '\n';
  }
  const { char, next } = cursor;
  if (!(char === ';' && next !== ';' && next !== '&') && !(char === '&' && next !== '&' && next !== '>')) return undefined;
  if (char === ';' || !cursor.skip(BACKGROUND)) cursor.at += 1;
  spacing(cursor);
  lineBreak(cursor);
  return char;
}

/** A `;` after it is forgiven. */
const BACKGROUND = /&[ \t]*;(?!;)/y;

/** What ends an item of `case`. */
export function caseSeparator(cursor: Cursor): void {
  const written = [';;&', ';&', ';;'].find((text) => cursor.sees(text));
  if (written !== undefined) {
    sign(cursor, written);
    return;
  }
  cursor.ahead(() => {
    lineBreak(cursor);
    cursor.match(/esac(?=$|[\s;()[<>&|])/y);
  });
}

function andOr(cursor: Cursor): Token {
  const { at: start } = cursor;
  directives(cursor);
  const first = pipeline(cursor);
  const parts = [first];
  while (cursor.sees('&&') || cursor.sees('||')) {
    sign(cursor, cursor.sees('&&') ? '&&' : '||');
    lineBreak(cursor);
    parts.push(pipeline(cursor));
  }
  return parts.length === 1 ? first : cursor.token('other', start, parts);
}

function pipeline(cursor: Cursor): Token {
  if (endsList(cursor)) cursor.refuse();
  const { at: start } = cursor;
  const negated = bangs(cursor);
  const pipes: Token[] = [];
  const commands = [banged(cursor)];
  while (cursor.char === '|' && !cursor.sees('||')) {
    const pipe = cursor.at;
    cursor.at += cursor.sees('|&') ? 2 : 1;
    pipes.push(cursor.token('pipe', pipe, []));
    spacing(cursor);
    lineBreak(cursor);
    commands.push(banged(cursor));
  }
  spacing(cursor);
  const read = cursor.token('pipeline', start, [...pipes, ...commands]);
  return negated ? cursor.token('other', start, [read]) : read;
}

/** Each `!` before a command. */
function bangs(cursor: Cursor): boolean {
  const { at } = cursor;
  while (cursor.char === '!') {
    cursor.at += 1;
    spacing(cursor);
  }
  return cursor.at > at;
}

function banged(cursor: Cursor): Token {
  const { at: start } = cursor;
  const negated = bangs(cursor);
  const read = command(cursor);
  return negated ? cursor.token('other', start, [read]) : read;
}

const command = (cursor: Cursor): Token =>
  (beginsCompound(cursor) ? cursor.optional(() => compound(cursor)) : undefined) ??
  (cursor.char === '['
    ? redirected(cursor, condition)
    : ((cursor.sees('coproc') ? cursor.optional(() => coprocess(cursor)) : undefined) ?? simple(cursor)));

export function redirected(cursor: Cursor, read: (cursor: Cursor) => Token): Token {
  const { at: start } = cursor;
  const inner = read(cursor);
  const redirections = cursor.all(redirection);
  return cursor.token('redirected', start, [...redirections, inner]);
}

function coprocess(cursor: Cursor): Token {
  const { at: start } = cursor;
  cursor.attempt(() => {
    cursor.expect('coproc');
    someSpacing(cursor);
  });
  const read = cursor.choose(
    () => cursor.attempt(() => compound(cursor)),
    () =>
      cursor.attempt(() => {
        word(cursor);
        spacing(cursor);
        return compound(cursor);
      }),
    () => simple(cursor),
  );
  return cursor.token('other', start, [read]);
}

function simple(cursor: Cursor): Token {
  const { at: start } = cursor;
  const prefix = cursor.all(prefixPart);
  skipDirective(cursor);
  const name = beginsWord(cursor) ? commandName(cursor) : undefined;
  if (prefix.length === 0 && name === undefined) cursor.refuse();
  const words = name === undefined ? [] : [name, ...suffix(cursor, name)];
  const before = prefix.filter((part) => part.kind === 'assignment');
  const own = words.filter((part) => part.kind !== 'other');
  const redirections = [...prefix, ...words].filter((part) => part.kind === 'other');
  const last = words.at(-1) ?? prefix.at(-1);
  const inner: Token = {
    kind: 'command',
    text: '',
    parts: [...before, ...own],
    start: cursor.place(start),
    end: last?.end ?? cursor.place(start),
  };
  return { ...inner, kind: 'redirected', parts: [...redirections, inner] };
}

const prefixPart = (cursor: Cursor): Token | undefined => redirection(cursor) ?? assignment(cursor);

function commandName(cursor: Cursor): Token {
  if (cursor.char === '\\' && /[A-Za-z0-9_:.]/.test(cursor.next)) cursor.at += 1;
  return commandWord(cursor);
}

export function commandWord(cursor: Cursor): Token {
  skipDirective(cursor);
  const read = word(cursor);
  spacing(cursor);
  return read;
}

const SETTING = new Set(['declare', 'export', 'local', 'readonly', 'typeset']);

/** The arguments; some commands have a grammar of their own. */
function suffix(cursor: Cursor, name: Token): readonly Token[] {
  let plain = plainText(name);
  if (plain === 'builtin') {
    const first = cursor.isAhead(() => commandWord(cursor)) ? cursor.ahead(() => commandWord(cursor)) : undefined;
    plain = first === undefined ? plain : plainText(first);
  }
  if (plain === 'time') return timed(cursor);
  const args = cursor.all(plain === 'let' ? letArgument : SETTING.has(plain) ? setting : argument);
  if (plain === 'eval' && cursor.char === '(') cursor.refuse();
  return args;
}

const argument = (cursor: Cursor): Token | undefined => redirection(cursor) ?? (beginsWord(cursor) ? commandWord(cursor) : undefined);

const setting = (cursor: Cursor): Token | undefined => redirection(cursor) ?? assignment(cursor, true) ?? argument(cursor);

const letArgument = (cursor: Cursor): Token | undefined => redirection(cursor) ?? (beginsWord(cursor) ? letExpression(cursor) : undefined);

const plainText = (token: Token): string => (token.parts.length === 1 && token.parts[0]?.kind === 'literal' ? token.parts[0].text : '');

/** `time` goes before a whole pipeline. */
function timed(cursor: Cursor): readonly Token[] {
  return (
    cursor.optional(() => {
      const flags = cursor.all(() => (cursor.char === '-' ? commandWord(cursor) : undefined));
      return [...flags, pipeline(cursor)];
    }) ?? []
  );
}

/** What `let` computes. It is read as a word; its text is none. */
function letExpression(cursor: Cursor): Token {
  const { at: start } = cursor;
  cursor.textOf(() => commandWord(cursor));
  return cursor.token('word', start, []);
}
