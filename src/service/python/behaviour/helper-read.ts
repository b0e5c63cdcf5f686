import { evaluate, insideCall, resultOfCall } from '../source/constant.ts';
import type { Scope } from '../source/known.ts';
import { argumentsOf, ownFunction, type OwnFunction } from '../source/own-function.ts';
import { expressionsIn, expressionsOf, partsOf, within, type Call, type Expression, type FunctionNode } from '../source/tree.ts';
import { sitesOf, type Site } from '../source/walk.ts';
import { isRequired } from './demanded.ts';
import { readAt, text, typeOf, typeOfCast, type Read, type ValueType } from './environment-read.ts';

/**
 * `number('PORT', 5000)`, where `def number(name, default): return int(os.environ.get(name, default))`: the call is the
 * read, with what the function makes of a missing value.
 */
export function readsThrough(e: Expression, site: Site, scope: Scope, around: readonly Expression[]): readonly Read[] {
  const f = e.kind === 'call' ? ownFunction(e, scope) : undefined;
  if (e.kind !== 'call' || !f) return [];
  return readsByParameter(f, scope).flatMap((read) => {
    const name = nameGiven(read, e, f, scope);
    return name ? [{ site, expression: e, name, around, ...missing(read, e, f, scope), ...typed(read, f, e, scope) }] : [];
  });
}

const known = new WeakMap<FunctionNode, readonly Read[]>();

/** The reads inside a function whose name comes from its parameters. */
function readsByParameter(f: OwnFunction, { program }: Scope): readonly Read[] {
  const before = known.get(f.node);
  if (before) return before;
  // A function that is met again while it is read calls itself: nothing new is in there.
  known.set(f.node, []);
  const parameters = new Set(f.node.parameters.map((p) => p.name));
  const found: Read[] = [];
  for (const site of sitesOf(f.module)) {
    if (site.functions.at(-1) !== f.node) continue;
    const scope: Scope = { module: f.module, program, functions: site.functions, classes: site.classes };
    const visit = (e: Expression, around: readonly Expression[]): void => {
      const read = readAt(e, site, scope, around);
      found.push(...(read ? [read] : readsThrough(e, site, scope, around)).filter((r) => mentions(r.name, parameters)));
      for (const part of partsOf(e)) visit(part, [...around, e]);
    };
    for (const e of expressionsOf(site.statement)) visit(e, []);
  }
  known.set(f.node, found);
  return found;
}

const mentions = (e: Expression, names: ReadonlySet<string>): boolean =>
  [...within(e)].some((part) => part.kind === 'name' && names.has(part.name));

/** The variable's name as the call gives it, or as the function makes it of what the call gives. */
function nameGiven({ name }: Read, call: Call, f: OwnFunction, scope: Scope): Expression | undefined {
  if (name.kind === 'name') return argumentsOf(call, f).get(name.name);
  const made = evaluate(name, insideCall(call, f, scope))?.value;
  return typeof made === 'string' ? text(call, made) : undefined;
}

/** What the function makes of a missing value: followed to its end, or else as its read says. */
function missing(read: Read, call: Call, f: OwnFunction, scope: Scope): Pick<Read, 'raises' | 'fallback'> {
  const result = resultOfCall(call, scope);
  if (result?.kind === 'value') return { raises: false, ...(result.known.value === null ? {} : { fallback: call }) };
  if (result?.kind === 'raises') return { raises: true };
  const fallback = read.fallback?.kind === 'name' ? (argumentsOf(call, f).get(read.fallback.name) ?? read.fallback) : read.fallback;
  return { raises: isRequired(read, insideCall(call, f, scope)), ...(fallback ? { fallback } : {}) };
}

function typed(read: Read, f: OwnFunction, call: Call, scope: Scope): { type?: ValueType } {
  const type = typeOf(read, '', undefined) ?? castIn(f.node) ?? (typeof evaluate(call, scope)?.value === 'boolean' ? 'boolean' : undefined);
  return type ? { type } : {};
}

/** `int(raw) if raw else default`: the only type that a function casts to. */
function castIn(f: FunctionNode): ValueType | undefined {
  const casts = [...expressionsIn(f.body)].flatMap((e) =>
    e.kind === 'call' && e.callee.kind === 'name' ? (typeOfCast(e.callee) ?? []) : [],
  );
  return new Set(casts).size === 1 && casts[0] !== 'string' ? casts[0] : undefined;
}
