import { isEnviron, READS_WITH_DEFAULT, type Known, type Scope } from './known.ts';
import { followedBy } from './own-call.ts';
import type { OwnFunction } from './own-function.ts';
import type { Result } from './result.ts';
import { joined, parentOf } from './path.ts';
import { settingsFields } from './settings-class.ts';
import { compared } from './truth.ts';
import { argument, statementsIn, type Call, type Expression, type Statement } from './tree.ts';
import { callsOf } from './walk.ts';

/** Names, imports and defaults are followed so many times; that ends every cycle. */
const MAX_HOPS = 12;

/**
 * The value of an expression as far as it can be told without running it: literals, names assigned once, defaults of
 * environment reads, parts of paths. Paths below the repository are relative to it.
 */
export function evaluate(e: Expression, scope: Scope, hops = MAX_HOPS): Known | undefined {
  if (hops === 0) return undefined;
  const here = (value: Known['value'], from?: Known): Known => ({ at: { module: scope.module, from: e.from, to: e.to }, ...from, value });
  const next = (x: Expression | undefined): Known | undefined => (x ? evaluate(x, scope, hops - 1) : undefined);
  switch (e.kind) {
    case 'string':
    case 'number':
    case 'constant':
      return here(e.value);
    case 'format':
      return joinText(
        e.parts.map((p) => (typeof p === 'string' ? here(p) : next(p))),
        here,
      );
    case 'binary':
      return e.operator === 'in' || e.operator === 'not in'
        ? member(e, scope, next, here)
        : binary(e.operator, e.left, e.right, next, here);
    case 'not': {
      const inner = next(e.operand);
      return inner && here(!inner.value, inner);
    }
    case 'conditional': {
      const test = next(e.test);
      const chosen = test && next(test.value ? e.value : e.otherwise);
      return chosen && (test.variable === undefined ? chosen : { variable: test.variable, ...chosen });
    }
    case 'name':
      return named(e.name, scope, hops) ?? (e.name === '__file__' ? here(scope.module.path) : undefined);
    case 'attribute':
      return attribute(e, scope, hops, next, here);
    case 'subscript':
      return parentAt(e, next, here);
    case 'call':
      return called(e, scope, next, here) ?? ownCall(e, scope, hops) ?? namedRead(e, next, here);
    default:
      return undefined;
  }
}

type Next = (x: Expression | undefined) => Known | undefined;
type Here = (value: Known['value'], from?: Known) => Known;

function joinText(parts: readonly (Known | undefined)[], here: Here): Known | undefined {
  if (parts.some((p) => p === undefined)) return undefined;
  return here(
    parts.map((p) => String(p?.value ?? '')).join(''),
    parts.find((p) => p?.variable !== undefined),
  );
}

function binary(operator: string, left: Expression, right: Expression, next: Next, here: Here): Known | undefined {
  const [a, b] = [next(left), next(right)];
  if (operator === 'or')
    return a && (a.value === null || a.value === '' || a.value === false)
      ? b && { ...b, ...(a.variable === undefined ? {} : { variable: a.variable }) }
      : a;
  if (!a || !b) return undefined;
  if (operator === '+')
    return typeof a.value === 'number' && typeof b.value === 'number' ? here(a.value + b.value) : joinText([a, b], here);
  if (operator === '/' && typeof a.value === 'string' && typeof b.value === 'string')
    return here(joined(a.value, b.value), a.variable === undefined ? b : a);
  if (operator === 'and') return a.value ? b : a;
  const verdict = compared(operator, a, b);
  return verdict === undefined ? undefined : here(verdict, a);
}

/** `x in ('1', 'true')`; no variable is in `os.environ` when none is set. */
function member(e: Extract<Expression, { kind: 'binary' }>, scope: Scope, next: Next, here: Here): Known | undefined {
  const left = next(e.left);
  if (!left) return undefined;
  const wanted = e.operator === 'in';
  if (isEnviron(e.right, scope)) return here(!wanted, typeof left.value === 'string' ? { ...left, variable: left.value } : left);
  const items = e.right.kind === 'sequence' ? e.right.items.map((i) => next(i)) : [undefined];
  return items.includes(undefined) ? undefined : here(items.some((i) => i?.value === left.value) === wanted, left);
}

function named(name: string, scope: Scope, hops: number): Known | undefined {
  for (const f of scope.functions.toReversed()) {
    const local = assignedOnce(f.body, name);
    if (local) return evaluate(local, scope, hops - 1);
    const parameter = scope.locals?.has(name) ? undefined : f.parameters.find((p) => p.name === name);
    if (parameter) return parameter.default && evaluate(parameter.default, outermost(scope), hops - 1);
  }
  const given = scope.locals?.get(name);
  if (given) return given();
  const own = assignedOnce(scope.module.body, name);
  if (own) return evaluate(own, outermost(scope), hops - 1);
  const qualified = scope.program.qualify({ kind: 'name', name, from: 0, to: 0 }, scope.module);
  return qualified !== undefined && qualified.includes('.') ? foreign(qualified, scope, hops) : undefined;
}

const outermost = ({ module, program }: Scope): Scope => ({ module, program, functions: [] });

/** A constant, or a field of a settings object, of another module. */
function foreign(qualified: string, scope: Scope, hops: number): Known | undefined {
  const found = scope.program.locate(qualified);
  if (!found || found.rest === '') return undefined;
  const [head = '', field] = found.rest.split('.');
  const value = assignedOnce(found.module.body, head);
  const there = { module: found.module, program: scope.program, functions: [] };
  if (value && field === undefined) return evaluate(value, there, hops - 1);
  if (value?.kind === 'call' && field !== undefined) return settingsField(value, field, there, hops);
  return undefined;
}

function settingsField(made: Call, name: string, scope: Scope, hops: number): Known | undefined {
  const klass = scope.program.locate(scope.program.qualify(made.callee, scope.module) ?? '');
  const node = klass?.module.body.find((s) => (s.kind === 'class' || s.kind === 'function') && s.name === klass.rest);
  // `get_settings()` that returns `Settings()`.
  if (klass && node?.kind === 'function') {
    const returned = node.body.find((s) => s.kind === 'return');
    return returned?.kind === 'return' && returned.value?.kind === 'call' && hops > 1
      ? settingsField(returned.value, name, { ...scope, module: klass.module }, hops - 1)
      : undefined;
  }
  if (!klass || node?.kind !== 'class') return undefined;
  const there = { module: klass.module, program: scope.program, functions: [] };
  const field = settingsFields(node, klass.module, scope.program)?.find((f) => f.field === name);
  if (field) {
    const value = field.default && evaluate(field.default, there, hops - 1);
    const variable = field.variables[0];
    return (
      value && { ...value, at: { module: klass.module, from: field.from, to: field.to }, ...(variable === undefined ? {} : { variable }) }
    );
  }
  const plain = assignedOnce(node.body, name);
  return plain && evaluate(plain, there, hops - 1);
}

/** The value of a name that a body assigns exactly once, branches included. */
export function assignedOnce(body: readonly Statement[], name: string): Expression | undefined {
  const found: Expression[] = [];
  for (const s of sameScope(body))
    if (s.kind === 'assign' && s.value && s.targets.some((t) => t.kind === 'name' && t.name === name)) found.push(s.value);
  return found.length === 1 ? found[0] : undefined;
}

function* sameScope(body: readonly Statement[]): Generator<Statement> {
  for (const s of body) {
    yield s;
    if (s.kind === 'if' || s.kind === 'try' || s.kind === 'with' || s.kind === 'loop') yield* sameScope([...statementsIn([s])].slice(1));
  }
}

function attribute(e: Extract<Expression, { kind: 'attribute' }>, scope: Scope, hops: number, next: Next, here: Here): Known | undefined {
  const qualified = scope.program.qualify(e, scope.module);
  const elsewhere = qualified === undefined ? undefined : (foreign(qualified, scope, hops) ?? localSettings(e, scope, hops));
  if (elsewhere) return elsewhere;
  if (e.name === 'parent') {
    const base = next(e.object);
    return typeof base?.value === 'string' ? here(parentOf(base.value), base) : undefined;
  }
  return argparseDefault(e, scope, next);
}

/** `settings = get_settings()` inside a function, then `settings.port`. */
function localSettings(e: Extract<Expression, { kind: 'attribute' }>, scope: Scope, hops: number): Known | undefined {
  if (e.object.kind !== 'name') return e.object.kind === 'call' ? settingsField(e.object, e.name, scope, hops) : undefined;
  for (const f of scope.functions.toReversed()) {
    const value = assignedOnce(f.body, e.object.name);
    if (value?.kind === 'call') return settingsField(value, e.name, scope, hops);
  }
  return undefined;
}

/** `args.port` where the module has `add_argument('--port', default=8000)`. */
function argparseDefault(e: Extract<Expression, { kind: 'attribute' }>, scope: Scope, next: Next): Known | undefined {
  if (e.object.kind !== 'name') return undefined;
  for (const { call } of callsOf(scope.module)) {
    if (call.callee.kind !== 'attribute' || call.callee.name !== 'add_argument') continue;
    const flags = call.args.filter((a) => a.name === undefined).map((a) => a.value);
    if (flags.some((f) => f.kind === 'string' && f.value.replace(/^--?/, '').replaceAll('-', '_') === e.name))
      return next(argument(call, 'default'));
  }
  return undefined;
}

/** `Path(__file__).parents[1]`. */
function parentAt(e: Extract<Expression, { kind: 'subscript' }>, next: Next, here: Here): Known | undefined {
  const [index] = e.index;
  if (e.object.kind !== 'attribute' || e.object.name !== 'parents' || index?.kind !== 'number') return undefined;
  const base = next(e.object.object);
  if (typeof base?.value !== 'string') return undefined;
  let path = base.value;
  for (let i = 0; i <= index.value; i += 1) path = parentOf(path);
  return here(path, base);
}

const PATH_CLASSES = new Set(['pathlib.Path', 'pathlib.PurePath', 'pathlib.PosixPath']);
const SAME = new Set([
  'str',
  'os.path.abspath',
  'os.path.realpath',
  'os.path.normpath',
  'os.path.expandvars',
  'os.fspath',
  'pydantic.Field',
  'pydantic.SecretStr',
]);
const SAME_METHODS = new Set(['resolve', 'absolute', 'strip', 'as_posix', 'expanduser', 'rstrip']);

function called(e: Call, scope: Scope, next: Next, here: Here): Known | undefined {
  const name = scope.program.qualify(e.callee, scope.module) ?? '';
  const [first] = e.args;
  if (READS_WITH_DEFAULT.has(name)) return environmentDefault(e, next, here);
  if (name === 'int' || name === 'float') {
    const inner = next(first?.value);
    const number = inner === undefined || inner.value === null ? Number.NaN : Number(inner.value);
    return Number.isNaN(number) ? undefined : { ...here(number, inner), value: number };
  }
  if (SAME.has(name)) return next(first?.value);
  if (name === 'os.path.dirname') {
    const inner = next(first?.value);
    return typeof inner?.value === 'string' ? here(parentOf(inner.value), inner) : undefined;
  }
  if (name === 'tempfile.gettempdir') return here('/tmp');
  if (name === 'os.getcwd' || name === 'pathlib.Path.cwd') return here('');
  if (name === 'os.path.join' || PATH_CLASSES.has(name))
    return joinAll(
      e.args.map((a) => next(a.value)),
      here,
    );
  if (e.callee.kind !== 'attribute') return undefined;
  if (SAME_METHODS.has(e.callee.name)) return next(e.callee.object);
  if (CASES[e.callee.name]) {
    const inner = next(e.callee.object);
    return typeof inner?.value === 'string' ? here(CASES[e.callee.name]?.(inner.value) ?? '', inner) : undefined;
  }
  return e.callee.name === 'joinpath' ? joinAll([next(e.callee.object), ...e.args.map((a) => next(a.value))], here) : undefined;
}

const CASES: Readonly<Record<string, ((text: string) => string) | undefined>> = {
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
};

/** A reader whose maker is not followed: `env.int('PORT', 8000)`, `env('PORT', default=8000)` of django-environ, environs, starlette. */
function namedRead(e: Call, next: Next, here: Here): Known | undefined {
  const [first, second] = e.args;
  if (e.callee.kind !== 'attribute') return undefined;
  return first?.value.kind === 'string' && /^[A-Z][A-Z0-9_]*$/.test(first.value.value) && (second || argument(e, 'default'))
    ? environmentDefault(e, next, here)
    : undefined;
}

const calls = followedBy(evaluate);

/** The scope of a function's body, with what a call gives it. */
export const insideCall = (call: Call, f: OwnFunction, scope: Scope): Scope => calls.inside(call, f, scope, MAX_HOPS);

/** What comes of a call of the service's own function when no variable is set; undefined for other calls. */
export const resultOfCall = (call: Call, scope: Scope): Result | undefined => calls.result(call, scope, MAX_HOPS);

function ownCall(e: Call, scope: Scope, hops: number): Known | undefined {
  const result = calls.result(e, scope, hops);
  return result?.kind === 'value' ? result.known : undefined;
}

function joinAll(parts: readonly (Known | undefined)[], here: Here): Known | undefined {
  const texts = parts.map((p) => p?.value);
  if (texts.length === 0 || !texts.every((t) => typeof t === 'string')) return undefined;
  return here(
    texts.reduce((a, b) => joined(a, b)),
    parts.find((p) => p?.variable !== undefined),
  );
}

/** An environment read is worth its default; without one it is None. */
function environmentDefault(e: Call, next: Next, here: Here): Known | undefined {
  const name = next(e.args[0]?.value);
  const written = argument(e, 'default', 1);
  const value = written ? next(written) : here(null);
  return value && (typeof name?.value === 'string' ? { ...value, variable: name.value } : value);
}
