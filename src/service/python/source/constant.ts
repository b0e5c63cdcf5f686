import { joinPath } from '../../repository.ts';
import type { Span } from '../../text.ts';
import type { Module } from './module.ts';
import type { Program } from './program.ts';
import { settingsFields } from './settings-class.ts';
import { argument, statementsIn, type Call, type Expression, type FunctionNode, type Statement } from './tree.ts';
import { callsOf } from './walk.ts';

/** A value that the source fixes, when no variable of the environment says otherwise. */
export interface Known {
  readonly value: string | number | boolean | null;
  /** The environment variable that may replace it. */
  readonly variable?: string;
  /** Where it is written. */
  readonly at: { readonly module: Module } & Span;
}

export interface Scope {
  readonly module: Module;
  readonly program: Program;
  /** Enclosing functions, innermost last. */
  readonly functions: readonly FunctionNode[];
}

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
      return binary(e.operator, e.left, e.right, next, here);
    case 'name':
      return named(e.name, scope, hops) ?? (e.name === '__file__' ? here(scope.module.path) : undefined);
    case 'attribute':
      return attribute(e, scope, hops, next, here);
    case 'subscript':
      return parentAt(e, next, here);
    case 'call':
      return called(e, scope, next, here);
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
  return undefined;
}

/** pathlib's and os.path's rule: an absolute part starts anew. */
const joined = (a: string, b: string): string =>
  b.startsWith('/') || a === '' ? b : a.startsWith('/') ? `${a.replace(/\/$/, '')}/${b}` : (joinPath(a, b) ?? `${a}/${b}`);

function named(name: string, scope: Scope, hops: number): Known | undefined {
  for (const f of scope.functions.toReversed()) {
    const local = assignedOnce(f.body, name);
    if (local) return evaluate(local, scope, hops - 1);
    const parameter = f.parameters.find((p) => p.name === name);
    if (parameter) return parameter.default && evaluate(parameter.default, { ...scope, functions: [] }, hops - 1);
  }
  const own = assignedOnce(scope.module.body, name);
  if (own) return evaluate(own, { ...scope, functions: [] }, hops - 1);
  const qualified = scope.program.qualify({ kind: 'name', name, from: 0, to: 0 }, scope.module);
  return qualified !== undefined && qualified.includes('.') ? foreign(qualified, scope, hops) : undefined;
}

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
function assignedOnce(body: readonly Statement[], name: string): Expression | undefined {
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

const parentOf = (path: string): string => {
  const slash = path.lastIndexOf('/');
  return slash > 0 ? path.slice(0, slash) : slash === 0 ? '/' : '';
};

const READS_WITH_DEFAULT = new Set(['os.environ.get', 'os.getenv', 'os.environ.setdefault', 'decouple.config']);
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
  const [first, second] = e.args;
  if (READS_WITH_DEFAULT.has(name)) return environmentDefault(e, next);
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
  if (e.callee.name === 'joinpath') return joinAll([next(e.callee.object), ...e.args.map((a) => next(a.value))], here);
  // django-environ, environs, starlette: `env.int('PORT', 8000)`, `env('PORT', default=8000)`.
  return first?.value.kind === 'string' && /^[A-Z][A-Z0-9_]*$/.test(first.value.value) && (second || argument(e, 'default'))
    ? environmentDefault(e, next)
    : undefined;
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
function environmentDefault(e: Call, next: Next): Known | undefined {
  const name = next(e.args[0]?.value);
  if (typeof name?.value !== 'string') return undefined;
  const written = argument(e, 'default', 1);
  const value = written ? next(written) : { value: null, at: name.at };
  return value && { ...value, variable: name.value };
}
