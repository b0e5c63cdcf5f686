import type { Span } from '../../text.ts';

/**
 * Python's syntax as far as the readers need it. What no reader asks about is `other`, with its parts, so that a
 * walk still meets every call. Offsets are into the file's text.
 */
export type Expression = Span &
  (
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'attribute'; readonly object: Expression; readonly name: string }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'format'; readonly parts: readonly (string | Expression)[] }
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'constant'; readonly value: boolean | null }
    | { readonly kind: 'call'; readonly callee: Expression; readonly args: readonly Argument[] }
    | { readonly kind: 'subscript'; readonly object: Expression; readonly index: readonly Expression[] }
    | { readonly kind: 'sequence'; readonly items: readonly Expression[] }
    | { readonly kind: 'dictionary'; readonly entries: readonly { readonly key?: Expression; readonly value: Expression }[] }
    | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
    | { readonly kind: 'not'; readonly operand: Expression }
    | { readonly kind: 'conditional'; readonly test: Expression; readonly value: Expression; readonly otherwise: Expression }
    | { readonly kind: 'lambda'; readonly body: Expression }
    | {
        readonly kind: 'comprehension';
        readonly element: Expression;
        readonly target: Expression;
        readonly iterable: Expression;
        readonly rest: readonly Expression[];
      }
    | { readonly kind: 'other'; readonly parts: readonly Expression[] }
  );

export type Call = Extract<Expression, { kind: 'call' }>;

/** `f(a, *b, key=c, **d)`: `star` is `*` or `**`. */
export interface Argument {
  readonly name?: string;
  readonly star?: '*' | '**';
  readonly value: Expression;
}

export interface Parameter {
  readonly name: string;
  readonly annotation?: Expression;
  readonly default?: Expression;
}

/** One name that an import binds. `from ..a import b as c`: level 2, module `a`, name `b`, as `c`. */
export interface ImportBinding extends Span {
  readonly level: number;
  readonly module: string;
  /** Absent for `import a.b`; `*` for all names. */
  readonly name?: string;
  readonly as: string;
}

export interface FunctionNode extends Span {
  readonly kind: 'function';
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly decorators: readonly Expression[];
  readonly body: readonly Statement[];
  /** `def name(…)`: all before the colon. */
  readonly header: Span;
}

export interface ClassNode extends Span {
  readonly kind: 'class';
  readonly name: string;
  readonly bases: readonly Argument[];
  readonly decorators: readonly Expression[];
  readonly body: readonly Statement[];
  readonly header: Span;
}

export type Statement =
  | FunctionNode
  | ClassNode
  | (Span &
      (
        | { readonly kind: 'import'; readonly bindings: readonly ImportBinding[] }
        | {
            readonly kind: 'assign';
            readonly targets: readonly Expression[];
            readonly annotation?: Expression;
            readonly value?: Expression;
          }
        | { readonly kind: 'update'; readonly target: Expression; readonly value: Expression }
        | { readonly kind: 'if'; readonly branches: readonly { readonly test?: Expression; readonly body: readonly Statement[] }[] }
        | {
            readonly kind: 'try';
            readonly body: readonly Statement[];
            readonly handlers: readonly { readonly type?: Expression; readonly body: readonly Statement[] }[];
            readonly rest: readonly Statement[];
          }
        | { readonly kind: 'with'; readonly items: readonly Expression[]; readonly body: readonly Statement[] }
        | { readonly kind: 'loop'; readonly target?: Expression; readonly over?: Expression; readonly body: readonly Statement[] }
        | {
            readonly kind: 'match';
            readonly subject: Expression;
            readonly clauses: readonly { readonly patterns: readonly string[]; readonly body: readonly Statement[] }[];
          }
        | { readonly kind: 'raise' | 'return' | 'assert' | 'expression'; readonly value?: Expression }
        | { readonly kind: 'other'; readonly parts: readonly Expression[] }
      ));

/** The value of a keyword argument, or of a positional one by its index. */
export function argument(call: Call, name: string, index?: number): Expression | undefined {
  const named = call.args.find((a) => a.name === name);
  if (named) return named.value;
  if (index === undefined) return undefined;
  const positional = call.args.slice(0, index + 1);
  return positional.length === index + 1 && positional.every((a) => a.name === undefined && a.star === undefined)
    ? positional[index]?.value
    : undefined;
}

/** The parts directly inside an expression. */
export function partsOf(e: Expression): readonly Expression[] {
  switch (e.kind) {
    case 'attribute':
      return [e.object];
    case 'format':
      return e.parts.filter((p) => typeof p !== 'string');
    case 'call':
      return [e.callee, ...e.args.map((a) => a.value)];
    case 'subscript':
      return [e.object, ...e.index];
    case 'sequence':
      return e.items;
    case 'dictionary':
      return e.entries.flatMap((entry) => (entry.key ? [entry.key, entry.value] : [entry.value]));
    case 'binary':
      return [e.left, e.right];
    case 'not':
      return [e.operand];
    case 'conditional':
      return [e.test, e.value, e.otherwise];
    case 'lambda':
      return [e.body];
    case 'comprehension':
      return [e.element, e.target, e.iterable, ...e.rest];
    case 'other':
      return e.parts;
    case 'name':
    case 'string':
    case 'number':
    case 'constant':
      return [];
  }
}

/** An expression and everything inside it, outermost first. */
export function* within(e: Expression): Generator<Expression> {
  yield e;
  for (const part of partsOf(e)) yield* within(part);
}

/** The expressions that stand directly in a statement, without those of statements inside it. */
export function expressionsOf(s: Statement): readonly Expression[] {
  switch (s.kind) {
    case 'function':
      return [...s.decorators, ...s.parameters.flatMap((p) => (p.default ? [p.default] : []))];
    case 'class':
      return [...s.decorators, ...s.bases.map((b) => b.value)];
    case 'import':
      return [];
    case 'assign':
      return s.value ? [...s.targets, s.value] : s.targets;
    case 'update':
      return [s.target, s.value];
    case 'if':
      return s.branches.flatMap((b) => (b.test ? [b.test] : []));
    case 'try':
      return s.handlers.flatMap((h) => (h.type ? [h.type] : []));
    case 'with':
      return s.items;
    case 'loop':
      return s.over ? [s.over] : [];
    case 'match':
      return [s.subject];
    case 'other':
      return s.parts;
    default:
      return s.value ? [s.value] : [];
  }
}

/** The statement lists directly inside a statement. */
export function bodiesOf(s: Statement): readonly (readonly Statement[])[] {
  switch (s.kind) {
    case 'function':
    case 'class':
    case 'with':
    case 'loop':
      return [s.body];
    case 'if':
      return s.branches.map((b) => b.body);
    case 'try':
      return [s.body, ...s.handlers.map((h) => h.body), s.rest];
    case 'match':
      return s.clauses.map((c) => c.body);
    default:
      return [];
  }
}

/** Every statement, nested ones included, outermost first. */
export function* statementsIn(statements: readonly Statement[]): Generator<Statement> {
  for (const s of statements) {
    yield s;
    for (const body of bodiesOf(s)) yield* statementsIn(body);
  }
}

/** Every expression below these statements. */
export function* expressionsIn(statements: readonly Statement[]): Generator<Expression> {
  for (const s of statementsIn(statements)) for (const e of expressionsOf(s)) yield* within(e);
}
