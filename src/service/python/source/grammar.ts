import { parser } from '@lezer/python';
import { repairOf } from './repair.ts';

type Tree = ReturnType<typeof parser.parse>;
export type SyntaxNode = Tree['topNode'];

export interface Parsed {
  readonly tree: Tree;
  /** The text that the tree stands for: the source with valid Python that the grammar lacks written otherwise, at the same offsets. */
  readonly text: string;
  /** Offset of the first error that Python would report too. */
  readonly error?: number;
}

/** Each round may uncover the next gap; valid code needs one or two. */
const MAX_ROUNDS = 8;

/** Parses Python source. Never throws; offsets are those of `source`. */
export function parsePython(source: string): Parsed {
  let text = source;
  for (let round = 0; ; round += 1) {
    const tree = parser.parse(text);
    const errors = errorsOf(tree, text);
    const [first] = errors;
    if (!first) return { tree, text };
    const repaired = round < MAX_ROUNDS ? applyRepairs(text, errors) : text;
    if (repaired === text) return { tree, text, error: first.from };
    text = repaired;
  }
}

function applyRepairs(text: string, errors: readonly SyntaxNode[]): string {
  let out = text;
  for (const error of errors)
    for (const { from, to, text: piece } of repairOf(error, text)) out = out.slice(0, from) + piece.padEnd(to - from) + out.slice(to);
  return out;
}

/** The error nodes that are not mere gaps of the grammar which leave the tree intact. */
function errorsOf(tree: Tree, text: string): SyntaxNode[] {
  const errors: SyntaxNode[] = [];
  tree.iterate({
    enter(ref) {
      // Python 2: `print "x"`; the grammar takes it, Python 3 does not.
      if (ref.name === 'PrintStatement') errors.push(ref.node);
      if (ref.type.isError && !isBareYield(ref.node, text)) errors.push(ref.node);
      return true;
    },
  });
  return errors;
}

/** `yield` without a value, as every context manager has it: the grammar wants one, recovers, and loses nothing. */
function isBareYield(error: SyntaxNode, text: string): boolean {
  const parent = error.parent;
  const yields = parent?.name === 'YieldStatement' || parent?.name === 'YieldExpression';
  return yields && error.from === error.to && text.slice(parent.from, error.from).trim() === 'yield';
}
