import { replace, type Dockerfile, type Instruction, type Span } from '../../../dockerfile/index.ts';
import type { Fix } from '../../types.ts';

/** Where an instruction's arguments are, without keyword and flags; the instruction where it has none. */
export function argumentSpan({ args, span }: Instruction): Span {
  switch (args.form) {
    case 'text':
      return args.word.span;
    case 'exec':
      return args.span;
    case 'words':
      return { start: args.words[0]?.span.start ?? span.start, end: args.words.at(-1)?.span.end ?? span.end };
    case 'pairs':
      return { start: args.pairs[0]?.nameSpan.start ?? span.start, end: args.pairs.at(-1)?.valueSpan.end ?? span.end };
    case 'health':
      return { start: args.kind.span.start, end: span.end };
    default:
      return span;
  }
}

/** Where a flag stands; undefined without it. */
export const flagSpan = ({ flags }: Instruction, name: string): Span | undefined => flags.find((flag) => flag.name === name)?.span;

/** From `--from` to the end of the arguments. */
export function fromFlag(instruction: Instruction): Span {
  const args = argumentSpan(instruction);
  return { start: flagSpan(instruction, 'from')?.start ?? args.start, end: args.end };
}

/** Takes a flag out, with the blanks behind it. */
export function withoutFlag({ text }: Dockerfile, { start, end }: Span): Fix {
  const blanks = /^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0;
  return { title: 'take the flag out', edits: [replace({ start, end: end + blanks }, '')] };
}
