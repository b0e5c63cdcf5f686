import type { Dockerfile, Instruction } from '../../../dockerfile/index.ts';

/** Lines above an instruction in which a comment is about it, blank ones counted. */
const ABOVE = 6;

/** Whether a comment in the lines above an instruction, in the block of comments that ends right above it, or in the line after it, says something. */
export function isSaidNear({ nodes }: Dockerfile, { startLine, endLine }: Instruction, words: RegExp): boolean {
  const comments = nodes.filter((node) => node.kind === 'comment');
  let top = startLine;
  for (const { line } of comments.toReversed()) if (line === top - 1) top = line;
  const first = Math.min(top, startLine - ABOVE);
  const near = comments.filter(({ line }) => line >= first && line <= endLine + 1);
  // What is said may go on in the next line.
  return words.test(near.map(({ text }) => text).join(' '));
}
