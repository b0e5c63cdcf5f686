import type { Instruction, Span } from '../../../dockerfile/index.ts';
import type { Fix, Report } from '../../types.ts';

/** A finding of a rule of our own: at a place in an instruction. */
export const reportOn = (instruction: Instruction, span: Span, message: string, fix?: Fix): Report => ({
  span,
  message,
  instruction,
  comments: instruction.comments,
  fix,
});
