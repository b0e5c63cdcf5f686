import { byteView, textOfBytes } from './builder-flags.ts';
import { jsonList } from './json-list.ts';
import type { LogicalLine } from './logical-line.ts';
import type { Arguments, Pair, Word } from './syntax.ts';
import { isSpace } from './text.ts';
import { blankSeparated, quotedWords, type RawWord } from './words.ts';

/** What is wrong with the arguments, before the place is known. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** The part of a line that holds the arguments. Never empty at its ends. */
export interface Rest {
  readonly line: LogicalLine;
  readonly start: number;
  readonly end: number;
  readonly escape: string;
}

type Read = (rest: Rest, name: string) => Arguments | Refusal;

const NONE: Arguments = { form: 'none' };

/** The form of each instruction's arguments (parser/parser.go, `dispatch`). ONBUILD is read by the parser itself. */
const forms: Readonly<Record<string, Read>> = {
  ADD: listOrWords,
  ARG: declarations,
  CMD: listOrText,
  COPY: listOrWords,
  ENTRYPOINT: listOrText,
  ENV: pairs,
  EXPOSE: words,
  FROM: words,
  HEALTHCHECK: health,
  LABEL: pairs,
  MAINTAINER: text,
  RUN: listOrText,
  SHELL: listOrText,
  STOPSIGNAL: text,
  USER: text,
  VOLUME: listOrWords,
  WORKDIR: text,
};

/** Whether BuildKit knows the instruction. `name` is in capitals. */
export const isInstruction = (name: string): boolean => name === 'ONBUILD' || Object.hasOwn(forms, name);

/** Reads the arguments of an instruction; those of one that BuildKit does not know are left alone. */
export function readArguments(name: string, rest: Rest): Arguments | Refusal {
  const read = Object.hasOwn(forms, name) ? forms[name] : undefined;
  if (read === undefined) return NONE;
  // An empty JSON list has no place to be in, so this comes before all forms.
  return rest.start === rest.end ? NONE : read(rest, name);
}

const toWord = ({ line }: Rest, word: RawWord): Word => ({
  text: word.text,
  span: { start: line.sourceOf(word.start), end: line.endOf(word.end) },
});

const wordAt = (rest: Rest, start: number, end: number): Word => toWord(rest, { text: rest.line.text.slice(start, end), start, end });

function text(rest: Rest): Arguments {
  return { form: 'text', word: wordAt(rest, rest.start, rest.end) };
}

function words(rest: Rest): Arguments {
  return { form: 'words', words: blankSeparated(rest.line.text, rest.start, rest.end).map((word) => toWord(rest, word)) };
}

function declarations(rest: Rest): Arguments {
  const found = quotedWords(rest.line.text, rest.start, rest.end, rest.escape);
  return found.length === 0 ? NONE : { form: 'words', words: found.map((word) => toWord(rest, word)) };
}

function list(rest: Rest): Arguments | Refusal | undefined {
  const found = jsonList(rest.line.text, rest.start, rest.end);
  if (found === undefined) return undefined;
  if (found === 'not-strings') {
    return {
      code: 'json-not-strings',
      message: 'a JSON list of arguments may hold strings only',
      hint: 'put each argument in double quotes',
    };
  }
  return { form: 'exec', words: found.map((word) => toWord(rest, word)), span: wordAt(rest, rest.start, rest.end).span };
}

function listOrText(rest: Rest): Arguments | Refusal {
  return list(rest) ?? text(rest);
}

function listOrWords(rest: Rest): Arguments | Refusal {
  return list(rest) ?? words(rest);
}

function pairs(rest: Rest, name: string): Arguments | Refusal {
  const found = quotedWords(rest.line.text, rest.start, rest.end, rest.escape);
  const first = found[0];
  if (first === undefined) return NONE;
  if (!first.text.includes('=')) return legacyPair(rest, name);
  const out: Pair[] = [];
  for (const word of found) {
    const equals = word.text.indexOf('=');
    if (equals === -1) {
      return {
        code: 'pair-without-equals',
        message: `\`${word.text}\` has no \`=\``,
        hint: `write ${name} as \`NAME=value\`, with quotes around a value that holds blanks`,
      };
    }
    const [named, value] = [wordAt(rest, word.start, word.start + equals), toWord(rest, { ...word, start: word.start + equals + 1 })];
    out.push({ name: named.text, value: word.text.slice(equals + 1), legacy: false, nameSpan: named.span, valueSpan: value.span });
  }
  return { form: 'pairs', pairs: out };
}

/** `ENV NAME the whole rest`. */
function legacyPair(rest: Rest, name: string): Arguments | Refusal {
  const [named, next] = blankSeparated(rest.line.text, rest.start, rest.end);
  if (named === undefined || next === undefined) {
    return { code: 'pair-without-value', message: `${name} has a name and no value`, hint: `write \`${name} NAME=value\`` };
  }
  const value = wordAt(rest, next.start, rest.end);
  const pair = { name: named.text, value: value.text, legacy: true, nameSpan: toWord(rest, named).span, valueSpan: value.span };
  return { form: 'pairs', pairs: [pair] };
}

/** BuildKit looks for the end of the first word byte by byte (parser/line_parsers.go, `parseHealthConfig`). */
function health(rest: Rest): Arguments | Refusal {
  const { bytes, indexOf } = byteView(rest.line.text.slice(rest.start, rest.end));
  let end = 0;
  while (end < bytes.length && !isSpace(bytes.charCodeAt(end))) end += 1;
  let next = end;
  while (next < bytes.length && isSpace(bytes.charCodeAt(next))) next += 1;
  if (end === 0) return NONE;
  const command = { ...rest, start: rest.start + indexOf(next) };
  const read = command.start === command.end ? NONE : listOrText(command);
  if ('code' in read) return read;
  const kind = wordAt(rest, rest.start, rest.start + indexOf(end));
  return { form: 'health', kind: { ...kind, text: textOfBytes(bytes.slice(0, end)) }, command: read };
}
