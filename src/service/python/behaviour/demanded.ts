import { partsOf, within, type Expression } from '../source/tree.ts';
import { evaluate } from '../source/constant.ts';
import type { Scope } from '../source/known.ts';
import { leaves, leavesBy } from '../source/leaving.ts';
import { isForMissing } from '../source/result.ts';
import type { Site } from '../source/walk.ts';
import type { Read } from './environment-read.ts';

/** Whether nothing but a value of the environment will do. */
export function isRequired(read: Read, scope: Scope): boolean {
  if (read.fallback) {
    const known = evaluate(read.fallback, scope);
    return known?.value === '' || known?.value === null ? isDemanded(read) : false;
  }
  if (!read.raises) return isDemanded(read);
  // `try: os.environ['X'] except KeyError`: the handler knows what to do, unless it leaves too.
  const caught = read.site.guards.some((g) => g.kind === 'try' && (g.catches.length === 0 || g.catches.some(isForMissing)));
  return !caught || handlerLeaves(read);
}

function handlerLeaves(read: Read): boolean {
  const inner = read.site.guards.findLast((g) => g.kind === 'try');
  return inner?.kind === 'try' && inner.statement.kind === 'try' && inner.statement.handlers.every((h) => leaves(h.body));
}

/**
 * Whether the source itself demands a value that it reads without a default: it leaves or raises when there is none, or
 * uses the value in a way that fails for None.
 */
function isDemanded(read: Read): boolean {
  const { statement } = read.site;
  if (failsForNone(read)) return true;
  if (statement.kind === 'assert') return true;
  if (read.around.some((e) => e.kind === 'binary' && e.operator === 'or' && leavesBy(e.right))) return true;
  if (statement.kind === 'if')
    return statement.branches.some(
      (b) =>
        b.test !== undefined && contains(b.test, read.expression) && saysMissing(b.test, (e) => e === read.expression) && leaves(b.body),
    );
  if (statement.kind !== 'assign') return false;
  const names = statement.targets.flatMap((t) => (t.kind === 'name' ? [t.name] : []));
  const collects = read.around.some((e) => e.kind === 'comprehension');
  return names.some((name) => checkedAfter(name, read.site, collects));
}

/** `int(os.getenv('X'))`, `os.environ.get('X').split(',')`: None raises there and then. */
function failsForNone(read: Read): boolean {
  if (read.fallback) return false;
  const outer = read.around.at(-1);
  if (outer?.kind === 'call' && outer.callee.kind === 'name')
    return ['int', 'float', 'len'].includes(outer.callee.name) && outer.args[0]?.value === read.expression;
  return (outer?.kind === 'attribute' || outer?.kind === 'subscript') && outer.object === read.expression;
}

/** `x = read; if not x: raise` in the same list of statements, or `missing = […]; if missing: exit`. */
function checkedAfter(name: string, site: Site, collects: boolean): boolean {
  const isName = (e: Expression): boolean => e.kind === 'name' && e.name === name;
  return site.siblings.some((s) => {
    if (s.from < site.statement.from) return false;
    if (s.kind === 'assert' && s.value) return [...within(s.value)].some(isName);
    if (s.kind !== 'if') return false;
    return s.branches.some(
      (b) => b.test !== undefined && leaves(b.body) && (collects ? [...within(b.test)].some(isName) : saysMissing(b.test, isName)),
    );
  });
}

/** A test that holds when `value` is missing: `not v`, `v is None`, `v == ''`, `'X' not in …`, and alternatives of these. */
function saysMissing(test: Expression, isValue: (e: Expression) => boolean): boolean {
  if (test.kind === 'not') return [...within(test.operand)].some(isValue);
  if (test.kind !== 'binary') return test.kind === 'call' && test.callee.kind === 'name' && test.callee.name === 'any';
  if (test.operator === 'or') return saysMissing(test.left, isValue) || saysMissing(test.right, isValue);
  const mentions = [...within(test)].some(isValue);
  if (test.operator === 'is' || test.operator === '==') return mentions && isEmpty(test.right);
  return test.operator === 'not in' && mentions;
}

const isEmpty = (e: Expression): boolean => (e.kind === 'constant' && e.value === null) || (e.kind === 'string' && e.value === '');

const contains = (outer: Expression, inner: Expression): boolean => outer === inner || partsOf(outer).some((p) => contains(p, inner));
