import { parsePython } from './grammar.ts';
import type { Syntax } from './module.ts';
import { statementsOf } from './statement.ts';

/** Parses one file's text. Never throws. */
export function parseSource(source: string): Syntax {
  const { tree, text, error } = parsePython(source);
  return { body: statementsOf(tree.topNode, text), ...(error === undefined ? {} : { error }) };
}
