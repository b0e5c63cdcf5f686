import { inFile, noMemo, positionsIn, type Evidence, type Memo, type Place, type Position, type Range } from '../base/index.ts';

/** A text of the repository, with positions. `text` is what was decoded, without a byte order mark. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
  position(offset: number): Position;
  range(span: Span): Range;
  place(offset: number): Place;
  /** The text between two offsets, as evidence. */
  at(span: Span): Evidence;
  /** Lines without their ends, with their offsets. */
  lines(): readonly Line[];
  /** What was made of texts before. */
  readonly memo: Memo;
}

/** Half-open, in UTF-16 code units from the start of the text. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Line extends Span {
  readonly text: string;
}

/** Positions are computed when asked for: most files of a repository never need one. */
export function textFile(path: string, text: string, memo: Memo = noMemo): TextFile {
  const position = positionsIn(() => lineStarts(text));
  const range = (span: Span): Range => ({ start: position(span.from), end: position(span.to) });
  return {
    path,
    text,
    position,
    range,
    place: (offset) => ({ file: path, ...position(offset) }),
    at: (span) => inFile(path, range(span), text.slice(span.from, span.to)),
    lines: () => linesOf(text),
    memo,
  };
}

/** A line ends with LF, CRLF or CR, as Python reads source: Language Reference, 2.1.2 "Physical lines". */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
  }
  return starts;
}

function linesOf(text: string): readonly Line[] {
  const starts = lineStarts(text);
  return starts.map((from, i) => {
    let to = starts[i + 1] ?? text.length;
    while (to > from && (text[to - 1] === '\n' || text[to - 1] === '\r')) to -= 1;
    return { from, to, text: text.slice(from, to) };
  });
}

/** The part of a span that is not blank at either end. */
export function trimmed(text: string, span: Span): Span {
  let { from, to } = span;
  while (from < to && isBlank(text[from])) from += 1;
  while (to > from && isBlank(text[to - 1])) to -= 1;
  return { from, to };
}

export const isBlank = (character: string | undefined): boolean =>
  character === ' ' || character === '\t' || character === '\n' || character === '\r' || character === '\f';

/**
 * Text of a file: a byte order mark decides, then a PEP 263 line (`# -*- coding: latin-1 -*-`), then UTF-8.
 * Undefined when it holds NUL bytes: it is no text.
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  // PowerShell's `pip freeze > requirements.txt` writes UTF-16; pip reads it: pip/_internal/utils/encoding.py.
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (bytes.includes(0)) return undefined;
  return decoderFor(bytes).decode(bytes);
}

function decoderFor(bytes: Uint8Array): InstanceType<typeof TextDecoder> {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 200)).split('\n', 2);
  for (const line of head) {
    const label = line.startsWith('#') ? /coding[:=]\s*([-\w.]+)/.exec(line)?.[1] : undefined;
    if (label === undefined) continue;
    try {
      // Python's own spelling of ISO 8859-1 is unknown to the WHATWG.
      return new TextDecoder(
        label
          .toLowerCase()
          .replaceAll('_', '-')
          .replace(/^(latin|l)-?1$/, 'latin1'),
      );
    } catch {
      break; // a codec that only Python knows: read as UTF-8
    }
  }
  return new TextDecoder('utf-8');
}
