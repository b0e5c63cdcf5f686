import { positionsIn } from '../../base/index.ts';
import type { Dockerfile, Instruction } from '../../dockerfile/index.ts';
import { readContent } from './instruction.ts';
import { Source } from './source.ts';
import type { ReadInstruction, Reading } from './types.ts';

/**
 * Reads a Dockerfile as hadolint does, which is not quite as BuildKit does (language-docker 16.0.0). Where hadolint
 * would refuse the file, the instruction is left out and reading goes on after it.
 */
export function readDockerfile(file: Dockerfile): Reading {
  const { text, place } = plainLines(file.text);
  const source = new Source(text, escapeOf(text), place);
  const byLine = new Map(file.instructions.map((instruction) => [instruction.startLine, instruction]));
  const lineAt = lineCounter(text);
  const instructions: ReadInstruction[] = [];
  const unread: number[] = [];
  skipBlankLines(source);
  while (!source.ended) {
    const { at } = source;
    const line = lineAt(at);
    const instruction = byLine.get(line);
    const content = source.attempt(() => {
      const read = readContent(source);
      const end = source.at;
      source.endOfInstruction();
      return { read, end };
    });
    if (content !== undefined) {
      const span = { start: place(at), end: place(Math.max(at, content.end - 1)) + 1 };
      instructions.push({ ...content.read, line, span: instruction?.span ?? span, instruction });
      continue;
    }
    unread.push(line);
    skipInstruction(source, instruction, place);
  }
  return { instructions, unread };
}

function skipBlankLines(source: Source): void {
  while (/[ \t\n\r]/.test(source.char)) source.at += 1;
}

/** Goes on after an instruction that could not be read: behind what BuildKit takes for it, or in the next line. */
function skipInstruction(source: Source, instruction: Instruction | undefined, place: (at: number) => number): void {
  const end = instruction?.span.end ?? 0;
  do source.at += 1;
  while (!source.ended && (place(source.at) < end || source.text.charAt(source.at - 1) !== '\n'));
  skipBlankLines(source);
}

/** The text without a byte order mark and with plain line ends, and the way back to the file. */
function plainLines(text: string): { readonly text: string; readonly place: (at: number) => number } {
  if (!text.startsWith('\uFEFF') && !text.includes('\r\n')) return { text, place: (at) => at };
  const begin = text.startsWith('\uFEFF') ? 1 : 0;
  const lines = text.slice(begin).split('\r\n');
  const starts = [0];
  for (const line of lines) starts.push((starts.at(-1) ?? 0) + line.length + (starts.length === 1 ? 0 : 1));
  const positionOf = positionsIn(() => starts);
  // A carriage return was dropped before each line end up to there.
  return { text: lines.join('\n'), place: (at) => Math.min(text.length, begin + at + positionOf(at).line - 1) };
}

/** The character that continues lines: what `# escape=` says, where only `# syntax=` stands before it. */
function escapeOf(text: string): string {
  for (const line of text.split('\n')) {
    const escape = /^\s*#[ \t]*escape[ \t]*=[ \t]*([^\\])$/u.exec(line)?.[1];
    if (escape !== undefined) return escape;
    if (!/^\s*#[ \t]*syntax[ \t]*=[ \t]*./.test(line)) break;
  }
  return '\\';
}

/** Lines from 1 for offsets that only grow. */
function lineCounter(text: string): (at: number) => number {
  let line = 1;
  let end = text.indexOf('\n');
  return (at) => {
    for (; end !== -1 && end < at; end = text.indexOf('\n', end + 1)) line += 1;
    return line;
  };
}
