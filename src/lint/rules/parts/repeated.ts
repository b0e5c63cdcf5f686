import { replace, type Dockerfile } from '../../../dockerfile/index.ts';
import type { ReadInstruction } from '../../reading/index.ts';
import type { Fix, Report, Subject } from '../../types.ts';
import { reportAt } from './hadolint.ts';

/** Each instruction of this name but the first of its stage. The one before it has no effect and can go. */
export function* repeated({ file, reading }: Subject, name: 'CMD' | 'ENTRYPOINT' | 'HEALTHCHECK', message: string): Iterable<Report> {
  let before: ReadInstruction | undefined;
  for (const at of reading.instructions) {
    if (at.name === 'FROM') before = undefined;
    if (at.name !== name) continue;
    if (before !== undefined) yield reportAt(at, message, undefined, withoutLines(file, before, at));
    before = at;
  }
}

/** Takes out an instruction with its lines; undefined where a comment right above would come to stand over another one. */
function withoutLines({ text, instructions }: Dockerfile, { instruction }: ReadInstruction, later: ReadInstruction): Fix | undefined {
  if (instruction === undefined) return undefined;
  const next = instructions[instructions.indexOf(instruction) + 1];
  if (instruction.comments.length > 0 && next !== later.instruction) return undefined;
  const { start, end } = instruction.span;
  const lineEnd = text.indexOf('\n', end);
  return {
    title: 'take out the one before, which has no effect',
    edits: [replace({ start, end: lineEnd === -1 ? end : lineEnd + 1 }, '')],
  };
}
