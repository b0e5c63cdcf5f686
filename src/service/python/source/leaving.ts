import type { Expression, Statement } from './tree.ts';

const LEAVING = new Set(['exit', 'quit', '_exit', 'abort', 'error', 'fatal']);

/** A body that ends the program or raises. */
export const leaves = (body: readonly Statement[]): boolean => body.some(isLeaving);

/** A statement that does so wherever it is reached. */
export const isLeaving = (s: Statement): boolean =>
  s.kind === 'raise' || (s.kind === 'expression' && s.value !== undefined && leavesBy(s.value));

/** `sys.exit(…)`, `exit(1)`, `os._exit(2)`, `parser.error(…)`; logging's `error` leaves nothing. */
export function leavesBy(e: Expression): boolean {
  if (e.kind !== 'call') return false;
  const name = e.callee.kind === 'attribute' || e.callee.kind === 'name' ? e.callee.name : '';
  if (name === 'error') return e.callee.kind === 'attribute' && e.callee.object.kind === 'name' && e.callee.object.name === 'parser';
  return LEAVING.has(name);
}
