import { isEnviron, READS_WITH_DEFAULT, type Known, type Locals, type Scope } from './known.ts';
import { argumentsOf, ownFunction, type OwnFunction } from './own-function.ts';
import { resultOf, type Result } from './result.ts';
import { expressionsIn, within, type Call, type Expression, type FunctionNode } from './tree.ts';

type Evaluate = (e: Expression, scope: Scope, hops: number) => Known | undefined;

/** Calls of the service's own functions, followed by what `evaluate` can tell. */
export const followedBy = (evaluate: Evaluate) => ({
  inside: (call: Call, f: OwnFunction, scope: Scope, hops: number) => inside(call, f, scope, hops, evaluate),
  result: (call: Call, scope: Scope, hops: number) => result(call, scope, hops, evaluate),
});

/** Following a call costs as much as so many names: functions that call one another are followed a few deep. */
const CALL_HOPS = 3;

/** The scope of a function's body, with what a call gives it. */
function inside(call: Call, f: OwnFunction, scope: Scope, hops: number, evaluate: Evaluate): Scope {
  const there: Scope = { module: f.module, program: scope.program, functions: [] };
  const given = argumentsOf(call, f);
  const locals = f.node.parameters.map(({ name, default: otherwise }) => {
    const argument = given.get(name);
    const worth = (): Known | undefined => (argument ? evaluate(argument, scope, hops) : otherwise && evaluate(otherwise, there, hops));
    return [name, worth] as const;
  });
  return { ...there, functions: [f.node], locals: new Map(locals) };
}

/** What comes of a call of the service's own function when no variable is set; undefined for other calls. */
function result(call: Call, scope: Scope, hops: number, evaluate: Evaluate): Result | undefined {
  const f = hops > CALL_HOPS ? ownFunction(call, scope) : undefined;
  if (!f) return undefined;
  const inner = hops - CALL_HOPS;
  const there = inside(call, f, scope, inner, evaluate);
  const at = (locals: Locals): Scope => ({ ...there, functions: [], locals });
  const end = resultOf(f.node, there.locals ?? new Map(), {
    evaluate: (e, locals) => evaluate(e, at(locals), inner),
    raisesWhenUnset: (e, locals) =>
      (e.kind === 'subscript' && isEnviron(e.object, there)) ||
      (e.kind === 'call' && result(e, at(locals), inner, evaluate)?.kind === 'raises'),
  });
  if (end.kind !== 'value' || end.known.variable !== undefined) return end;
  const variable = variableGiven(f.node, there, (e) => evaluate(e, there, inner));
  return variable === undefined ? end : { kind: 'value', known: { ...end.known, variable } };
}

/** The variable that a function reads by what it is given: it may replace whatever the function returns. */
function variableGiven(f: FunctionNode, there: Scope, valueOf: (e: Expression) => Known | undefined): string | undefined {
  const parameters = new Set(f.parameters.map((p) => p.name));
  for (const e of expressionsIn(f.body)) {
    const reads = e.kind === 'call' && READS_WITH_DEFAULT.has(there.program.qualify(e.callee, there.module) ?? '');
    const name = reads ? e.args[0]?.value : e.kind === 'subscript' && isEnviron(e.object, there) ? e.index[0] : undefined;
    if (!name || ![...within(name)].some((part) => part.kind === 'name' && parameters.has(part.name))) continue;
    const known = valueOf(name)?.value;
    if (typeof known === 'string') return known;
  }
  return undefined;
}
