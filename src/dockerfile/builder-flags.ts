import { decodeText, isSpace } from './text.ts';

/** A flag as BuildKit reads it, and where it stands. Offsets are those of the line. */
export interface RawFlag {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface CommandLine {
  readonly keyword: { readonly start: number; readonly end: number };
  readonly flags: readonly RawFlag[];
  /** What is left after the flags, without white space around. */
  readonly rest: { readonly start: number; readonly end: number };
}

/** Reads the `--flag` words at `start`. Where they end is `end`. */
export function builderFlags(line: string, start: number, escape: string): { flags: readonly RawFlag[]; end: number } {
  const head = line.charCodeAt(start);
  if (head !== DASH && head < 0x80 && !isSpace(head)) return { flags: [], end: start };
  const view = byteView(line.slice(start));
  const read = readFlags(view.bytes, escape);
  return {
    flags: read.flags.map((flag) => ({ text: flag.text, start: start + view.indexOf(flag.start), end: start + view.indexOf(flag.end) })),
    end: start + view.indexOf(read.end),
  };
}

const DASH = 0x2d;

/**
 * BuildKit reads flags byte by byte and takes each byte for a character (parser/split_command.go), so white space
 * is what Latin-1 calls so, and other letters come out garbled. The same is done here: what it sees is what counts.
 */
function readFlags(bytes: string, escape: string): { flags: RawFlag[]; end: number } {
  const flags: RawFlag[] = [];
  let at = 0;
  for (;;) {
    while (at < bytes.length && isSpace(bytes.charCodeAt(at))) at += 1;
    if (at === bytes.length || !bytes.startsWith('--', at)) return { flags, end: at };
    const start = at;
    const word = readFlag(bytes, start, escape);
    at = word.end;
    if (word.text === '--' && at < bytes.length) return { flags, end: at };
    if (word.text !== '--') flags.push({ text: word.text, start, end: at });
    if (at === bytes.length) return { flags, end: at };
  }
}

/** One word with its quotes and escapes taken out. */
function readFlag(bytes: string, start: number, escape: string): { text: string; end: number } {
  let text = '';
  let quote = '';
  let at = start;
  for (; at < bytes.length; at += 1) {
    let char = bytes.charAt(at);
    if (quote === '' && isSpace(char.charCodeAt(0))) break;
    if (quote === '' ? char === "'" || char === '"' : char === quote) {
      quote = quote === '' ? char : '';
      continue;
    }
    if (char === escape) {
      at += 1;
      if (at === bytes.length) break;
      char = bytes.charAt(at);
    }
    text += char;
  }
  return { text, end: at };
}

/** A text as one character for each of its UTF-8 bytes, and the way back. */
export function byteView(text: string): { readonly bytes: string; readonly indexOf: (offset: number) => number } {
  // eslint-disable-next-line no-control-regex
  if (/^[\x00-\x7f]*$/.test(text)) return { bytes: text, indexOf: (offset) => offset };
  let bytes = '';
  const indexes: number[] = [];
  const encoder = new TextEncoder();
  let index = 0;
  for (const char of text) {
    const code = char.charCodeAt(0);
    const encoded = code >= 0xdc80 && code <= 0xdcff ? [code - 0xdc00] : encoder.encode(char);
    for (const byte of encoded) {
      bytes += String.fromCharCode(byte);
      indexes.push(index);
    }
    index += char.length;
  }
  return { bytes, indexOf: (offset) => indexes[offset] ?? text.length };
}

/** The text of such bytes. */
export const textOfBytes = (bytes: string): string => decodeText(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
