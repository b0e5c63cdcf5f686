import type { Module } from './module.ts';
import type { Program } from './program.ts';
import type { Call, ClassNode, Expression, FunctionNode, Statement } from './tree.ts';

/** A function of the service's own, as a call meets it. */
export interface OwnFunction {
  readonly node: FunctionNode;
  readonly module: Module;
  /** Parameters before those that the call gives: `self`. */
  readonly skipped: number;
}

/** Where a call stands. */
interface Place {
  readonly module: Module;
  readonly program: Program;
  readonly functions: readonly FunctionNode[];
  readonly classes?: readonly ClassNode[];
}

/**
 * What a call calls: a function inside the same one, at module level, a method by `self`, a static or class method by its
 * class. Undefined for what is not the service's own, and for a call that unpacks its arguments.
 */
export function ownFunction(call: Call, place: Place): OwnFunction | undefined {
  const { callee } = call;
  if (call.args.some((a) => a.star !== undefined)) return undefined;
  const nested = callee.kind === 'name' ? place.functions.toReversed().flatMap((f) => functionIn(f.body, callee.name) ?? [])[0] : undefined;
  if (nested) return { node: nested, module: place.module, skipped: 0 };
  if (callee.kind === 'attribute' && callee.object.kind === 'name' && ['self', 'cls'].includes(callee.object.name))
    return method(place.classes?.at(-1), callee.name, place.module);
  const dotted = place.program.qualify(callee, place.module);
  const found = dotted === undefined ? undefined : (place.program.locate(dotted) ?? { module: place.module, rest: dotted });
  const [name = '', inClass, ...more] = found?.rest.split('.') ?? [];
  if (!found || more.length > 0) return undefined;
  if (inClass === undefined) {
    const node = functionIn(found.module.body, name);
    return node && { node, module: found.module, skipped: 0 };
  }
  const klass = found.module.body.find((s): s is ClassNode => s.kind === 'class' && s.name === name);
  const known = method(klass, inClass, found.module);
  return known && isBound(known.node) ? known : undefined;
}

const functionIn = (body: readonly Statement[], name: string): FunctionNode | undefined =>
  body.find((s): s is FunctionNode => s.kind === 'function' && s.name === name);

function method(klass: ClassNode | undefined, name: string, module: Module): OwnFunction | undefined {
  const node = klass && functionIn(klass.body, name);
  return node && { node, module, skipped: hasDecorator(node, 'staticmethod') ? 0 : 1 };
}

const hasDecorator = (f: FunctionNode, name: string): boolean => f.decorators.some((d) => d.kind === 'name' && d.name === name);
const isBound = (f: FunctionNode): boolean => hasDecorator(f, 'staticmethod') || hasDecorator(f, 'classmethod');

/** What a call gives for each parameter; undefined where it gives nothing. */
export function argumentsOf(call: Call, { node, skipped }: OwnFunction): ReadonlyMap<string, Expression | undefined> {
  const positional = call.args.filter((a) => a.name === undefined);
  return new Map(
    node.parameters.slice(skipped).map((p, i) => [p.name, (call.args.find((a) => a.name === p.name) ?? positional[i])?.value]),
  );
}
