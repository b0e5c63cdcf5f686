import type { Dockerfile, Instruction } from '../../../dockerfile/index.ts';

/** Lines above an instruction in which a comment is about it, blank ones counted. */
const ABOVE = 6;

/** Whether a comment in the lines above an instruction, or in the line after it, says something. */
export const isSaidNear = ({ nodes }: Dockerfile, { startLine, endLine }: Instruction, words: RegExp): boolean =>
  nodes.some((node) => node.kind === 'comment' && node.line >= startLine - ABOVE && node.line <= endLine + 1 && words.test(node.text));
