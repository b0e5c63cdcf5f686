import { expand, type Expansion } from './expand.ts';

/** A heredoc that a line announces. */
export interface HeredocMark {
  readonly name: string;
  readonly fileDescriptor: number;
  readonly expand: boolean;
  readonly chomp: boolean;
}

/** Go's `\s` is ASCII. */
const MARK = /^(\d*)<<(-?)[\t\n\f\r ]*([^<]*)$/;

const nothingSet = (): undefined => undefined;
/** The escape directive does not reach here: BuildKit reads heredocs with a backslash always. */
const read = (text: string, keep: { keepQuotes: boolean; keepEscapes?: boolean }): Expansion =>
  expand(text, nothingSet, { escape: '\\', keepUnset: true, ...keep });

/** The heredocs that a line announces, in order. A problem is the text of what is wrong with one of them. */
export function heredocMarks(line: string): readonly HeredocMark[] | { readonly problem: string } {
  const marks: HeredocMark[] = [];
  for (const word of read(line, { keepQuotes: true, keepEscapes: true }).words) {
    const mark = heredocMark(word);
    if (mark === undefined) continue;
    if ('problem' in mark) return mark;
    marks.push(mark);
  }
  return marks;
}

/** The heredoc that one word announces: `<<EOF`, `3<<-"EOF"`. */
export function heredocMark(word: string): HeredocMark | { readonly problem: string } | undefined {
  const match = MARK.exec(word);
  const rest = match?.[3] ?? '';
  if (match === null || rest === '') return undefined;
  const plain = read(rest, { keepQuotes: false });
  if (plain.problem !== undefined) return { problem: plain.problem.message };
  const name = plain.words[0];
  if (name === undefined || plain.words.length > 1) return undefined;
  const raw = read(rest, { keepQuotes: true });
  if (raw.words.length !== 1) return { problem: `\`${rest}\` reads in two ways` };
  return {
    name,
    // strconv.ParseUint stops at the largest number of 64 bits.
    fileDescriptor: Math.min(Number(match[1]), 2 ** 64),
    chomp: match[2] === '-',
    // Quotes that went away: some part of the name was quoted, so nothing is expanded.
    expand: quotes(name) === quotes(raw.words[0] ?? ''),
  };
}

const quotes = (text: string): number => text.split(/['"]/).length - 1;

/** A heredoc's content as `<<-` means it: without leading tabs. */
export const chomped = (content: string): string => content.replaceAll(/(^|\n)\t+/g, '$1');

/** Whether a text announces a heredoc and nothing else: a source of COPY, or a RUN whose content is the script. */
export function heredocOnly(text: string): boolean {
  const mark = heredocMark(text);
  return mark !== undefined && !('problem' in mark);
}
