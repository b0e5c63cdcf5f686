import { evaluate } from '../source/constant.ts';
import type { Scope } from '../source/known.ts';
import { expressionsIn, statementsIn, within, type Expression, type Statement } from '../source/tree.ts';
import type { Written } from './declared.ts';

/** A list as far as it can be read: its strings, the files that it is read from, and what could not be told. */
export interface ReadList {
  readonly items: readonly Written[];
  readonly files: readonly string[];
  readonly unread: readonly Expression[];
}

const NONE: ReadList = { items: [], files: [], unread: [] };
const both = (a: ReadList, b: ReadList): ReadList => ({
  items: [...a.items, ...b.items],
  files: [...a.files, ...b.files],
  unread: [...a.unread, ...b.unread],
});

/** The strings of a list expression, through names, `+`, `+=`, `.append` and `.extend` at module level. */
export function listOf(e: Expression, scope: Scope, hops = 8): ReadList {
  if (hops === 0) return { ...NONE, unread: [e] };
  if (e.kind === 'sequence') return e.items.map((item) => itemOf(item, scope)).reduce(both, NONE);
  if (e.kind === 'binary' && e.operator === '+') return both(listOf(e.left, scope, hops - 1), listOf(e.right, scope, hops - 1));
  if (e.kind === 'name') {
    const made = scope.module.body.flatMap((s) => changesOf(s, e.name));
    if (made.length > 0 && !changedElsewhere(e.name, scope)) return made.map((part) => listOf(part, scope, hops - 1)).reduce(both, NONE);
    return { ...NONE, unread: [e] };
  }
  // One string of several lines is a list too: setuptools' manual, “Keywords”.
  const text = evaluate(e, scope);
  if (typeof text?.value === 'string')
    return { ...NONE, items: text.value.split('\n').flatMap((line) => (line.trim() === '' ? [] : [{ text: line.trim(), span: e }])) };
  const files = filesIn(e, scope);
  return files.length > 0 ? { ...NONE, files } : { ...NONE, unread: [e] };
}

function itemOf(item: Expression, scope: Scope): ReadList {
  const known = evaluate(item, scope);
  return typeof known?.value === 'string' ? { ...NONE, items: [{ text: known.value, span: item }] } : { ...NONE, unread: [item] };
}

/** The lists that a statement at module level puts into a name. */
function changesOf(s: Statement, name: string): readonly Expression[] {
  const isName = (e: Expression): boolean => e.kind === 'name' && e.name === name;
  if (s.kind === 'assign' && s.value && s.targets.some(isName)) return [s.value];
  if (s.kind === 'update' && isName(s.target)) return [s.value];
  if (s.kind !== 'expression' || s.value?.kind !== 'call' || s.value.callee.kind !== 'attribute' || !isName(s.value.callee.object))
    return [];
  const [given] = s.value.args.map((a) => a.value);
  if (!given) return [];
  return s.value.callee.name === 'append' ? [{ kind: 'sequence', items: [given], from: given.from, to: given.to }] : [given];
}

/** Below an `if` or in a function: whether that runs nobody can tell. */
const changedElsewhere = (name: string, { module }: Scope): boolean =>
  [...statementsIn(module.body)].some((s) => !module.body.includes(s) && changesOf(s, name).length > 0);

/** Requirements files that an expression opens, or the function that it calls. */
function filesIn(e: Expression, scope: Scope): readonly string[] {
  const here = [...within(e)];
  const called = here.flatMap((x) => {
    const callee = x.kind === 'call' && x.callee.kind === 'name' ? x.callee.name : undefined;
    const made = scope.module.body.find((s) => s.kind === 'function' && s.name === callee);
    return made?.kind === 'function' ? [...expressionsIn(made.body)] : [];
  });
  const texts = [...here, ...called].flatMap((x) => (x.kind === 'string' ? [x.value] : []));
  return texts
    .filter((text) => /requirements[^/]*\.(txt|in)$|^requirements\/[^/]+\.(txt|in)$/.test(text))
    .map((text) => text.replace(/^\.\//, ''));
}
