import type { Module } from './module.ts';
import { bodiesOf, expressionsOf, within, type Call, type ClassNode, type Expression, type FunctionNode, type Statement } from './tree.ts';

/** What must hold for a piece of code to run. */
export type Guard =
  | { readonly kind: 'if'; readonly test: Expression; readonly negated: boolean }
  /** In a `try` whose handlers catch these; empty: all. */
  | { readonly kind: 'try'; readonly catches: readonly Expression[]; readonly statement: Statement }
  | { readonly kind: 'except' }
  /** `if __name__ == '__main__'`. */
  | { readonly kind: 'main' };

/** Where a statement stands. */
export interface Site {
  readonly module: Module;
  readonly statement: Statement;
  /** Innermost last. */
  readonly functions: readonly FunctionNode[];
  readonly classes: readonly ClassNode[];
  readonly guards: readonly Guard[];
  readonly loops: readonly Statement[];
  /** The statements of its own list, for what follows it. */
  readonly siblings: readonly Statement[];
}

const walked = new WeakMap<Module, readonly Site[]>();

/** Every statement of a module with what it stands in, in source order. */
export function sitesOf(module: Module): readonly Site[] {
  const known = walked.get(module) ?? [...visit(module.body, { module, functions: [], classes: [], guards: [], loops: [] })];
  walked.set(module, known);
  return known;
}

type Around = Pick<Site, 'module' | 'functions' | 'classes' | 'guards' | 'loops'>;

function* visit(statements: readonly Statement[], around: Around): Generator<Site> {
  for (const statement of statements) {
    yield { ...around, statement, siblings: statements };
    yield* inside(statement, around);
  }
}

function* inside(s: Statement, around: Around): Generator<Site> {
  const guarded = (...guards: Guard[]): Around => ({ ...around, guards: [...around.guards, ...guards] });
  switch (s.kind) {
    case 'function':
      return yield* visit(s.body, { ...around, functions: [...around.functions, s], guards: [], loops: [] });
    case 'class':
      return yield* visit(s.body, { ...around, classes: [...around.classes, s] });
    case 'if': {
      const before: Guard[] = [];
      for (const { test, body } of s.branches) {
        yield* visit(
          body,
          guarded(
            ...before,
            ...(test ? [isMainTest(test) ? ({ kind: 'main' } as const) : ({ kind: 'if', test, negated: false } as const)] : []),
          ),
        );
        if (test) before.push({ kind: 'if', test, negated: true });
      }
      return;
    }
    case 'try': {
      const catches = s.handlers.flatMap((h) => (h.type ? (h.type.kind === 'sequence' ? h.type.items : [h.type]) : []));
      yield* visit(
        s.body,
        s.handlers.length > 0 ? guarded({ kind: 'try', catches: s.handlers.some((h) => !h.type) ? [] : catches, statement: s }) : around,
      );
      for (const h of s.handlers) yield* visit(h.body, guarded({ kind: 'except' }));
      return yield* visit(s.rest, around);
    }
    case 'loop':
      return yield* visit(s.body, { ...around, loops: [...around.loops, s] });
    default:
      for (const body of bodiesOf(s)) yield* visit(body, around);
  }
}

/** `__name__ == '__main__'`, either way round. */
export function isMainTest(test: Expression): boolean {
  if (test.kind !== 'binary' || test.operator !== '==') return false;
  const sides = [test.left, test.right];
  return sides.some((e) => e.kind === 'name' && e.name === '__name__') && sides.some((e) => e.kind === 'string' && e.value === '__main__');
}

export interface CallSite extends Site {
  readonly call: Call;
}

const calls = new WeakMap<Module, readonly CallSite[]>();

/** Every call of a module. */
export function callsOf(module: Module): readonly CallSite[] {
  const known =
    calls.get(module) ??
    sitesOf(module).flatMap((site) =>
      expressionsOf(site.statement).flatMap((e) =>
        [...within(e)].flatMap((part) => (part.kind === 'call' ? [{ ...site, call: part }] : [])),
      ),
    );
  calls.set(module, known);
  return known;
}

/** The statement at the same level as `offset`'s outermost list: the text people recognise. Headers only, for what has a body. */
export function shownSpan(s: Statement): { from: number; to: number } {
  if (s.kind === 'function' || s.kind === 'class') return s.header;
  const [first] = bodiesOf(s).flat();
  return { from: s.from, to: first && first.from < s.to ? first.from : s.to };
}
