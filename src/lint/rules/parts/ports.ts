import { parsePort, replace, wordsOf, type Evaluation, type Instruction, type PortSpec } from '../../../dockerfile/index.ts';
import type { Report } from '../../types.ts';

/** The ports of all EXPOSEs, with a way to report one and to put another text in its place. */
export function* exposedPorts(
  evaluation: Evaluation,
): Iterable<{ port: string; spec: PortSpec; report: (message: string, fix: { title: string; text: string }) => Report }> {
  for (const { instruction, words, trigger, span, startLine, endLine } of evaluation.steps) {
    const { name, args, comments } = instruction;
    if (name !== 'EXPOSE' || args.form !== 'words') continue;
    for (const port of words) {
      const { spec } = parsePort(port);
      if (spec === undefined) continue;
      // A port that came from a variable is mended where the variable is set.
      const word = trigger ? undefined : args.words.find((w) => w.text === port);
      yield {
        port,
        spec,
        report: (message, { title, text }) => ({
          span: word?.span ?? span,
          message,
          instruction,
          lines: { start: startLine, end: endLine },
          comments,
          fix: word && { title, edits: [replace(word.span, text)] },
        }),
      };
    }
  }
}

/** The ports of EXPOSE as they are written. */
export const portsOf = (instructions: readonly Instruction[]): readonly string[] =>
  instructions.flatMap(({ name, args }) => (name === 'EXPOSE' ? wordsOf(args) : []));
