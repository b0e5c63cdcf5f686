import type { EnvironmentRead } from '../../types.ts';
import { evaluate } from '../source/constant.ts';
import type { Scope } from '../source/known.ts';
import { argument, partsOf, type Call, type Expression } from '../source/tree.ts';
import type { Site } from '../source/walk.ts';

export type ValueType = NonNullable<EnvironmentRead['type']>;

/** One place in the source where a variable is read. */
export interface Read {
  readonly site: Site;
  /** The expression that reads. */
  readonly expression: Expression;
  /** The variable's name, as the source writes it. */
  readonly name: Expression;
  /** What stands for a missing value. */
  readonly fallback?: Expression;
  /** A missing value raises by itself. */
  readonly raises: boolean;
  readonly type?: ValueType;
  /** The expressions around it, innermost last. */
  readonly around: readonly Expression[];
}

const GETS = new Set(['os.environ.get', 'os.getenv', 'os.environ.pop', 'os.environ.setdefault']);
const ENV_METHODS: Readonly<Record<string, ValueType | undefined>> = {
  str: 'string',
  int: 'integer',
  bool: 'boolean',
  float: 'number',
  url: 'url',
  db: 'url',
  cache: 'url',
  list: undefined,
  json: undefined,
  dict: undefined,
};
/** Methods without a name read the variable that django-environ's manual gives. */
const DEFAULT_NAMES: Readonly<Record<string, string>> = { db: 'DATABASE_URL', cache: 'CACHE_URL' };
/** Makers of a callable that reads: `config = Config('.env')`, `env = environ.Env()`. */
const READER_CLASSES = new Set([
  'environ.Env',
  'environ.FileAwareEnv',
  'environs.Env',
  'starlette.config.Config',
  'decouple.Config',
  'decouple.AutoConfig',
]);

/** Whether an expression reads a variable, and how. `around` is innermost last. */
export function readAt(e: Expression, site: Site, scope: Scope, around: readonly Expression[]): Read | undefined {
  const qualify = (x: Expression): string => scope.program.qualify(x, scope.module) ?? '';
  const base = { site, expression: e, around };
  if (e.kind === 'subscript' && qualify(e.object) === 'os.environ') {
    const [name] = e.index;
    return name && !isTarget(e, site) ? { ...base, name, raises: true } : undefined;
  }
  if (e.kind !== 'call') return undefined;
  const callee = qualify(e.callee);
  const [first] = e.args;
  if (callee === 'dj_database_url.config')
    return {
      ...base,
      name: argument(e, 'env') ?? text(e, 'DATABASE_URL'),
      raises: false,
      type: 'url',
      ...fallbackOf(argument(e, 'default')),
    };
  if (GETS.has(callee)) {
    const name = argument(e, 'key', 0);
    return name && { ...base, name, raises: false, ...fallbackOf(argument(e, 'default', 1)) };
  }
  const method = callee === 'decouple.config' ? '' : readerMethod(e, scope);
  if (method === undefined) return undefined;
  const name =
    first && first.name === undefined ? first.value : DEFAULT_NAMES[method] === undefined ? undefined : text(e, DEFAULT_NAMES[method]);
  if (!name) return undefined;
  const declared = schemeDefault(e, name, scope);
  const fallback =
    argument(e, 'default') ?? (method === '' && callee !== 'decouple.config' ? undefined : argument(e, 'default', 1)) ?? declared?.fallback;
  const type = typeOfCast(argument(e, 'cast')) ?? ENV_METHODS[method] ?? declared?.type;
  return { ...base, name, raises: fallback === undefined, ...fallbackOf(fallback), ...(type ? { type } : {}) };
}

const fallbackOf = (fallback: Expression | undefined): { fallback?: Expression } => (fallback ? { fallback } : {});
/** A literal in the place of another expression. */
export const text = (at: Expression, value: string): Expression => ({ from: at.from, to: at.to, kind: 'string', value });

function isTarget(e: Expression, { statement: s }: Site): boolean {
  return (s.kind === 'assign' && s.targets.includes(e)) || (s.kind === 'update' && s.target === e) || s.kind === 'other';
}

/** `env('X')` is '', `env.int('X')` is 'int', when `env` was made by one of the reader classes. */
function readerMethod(e: Call, scope: Scope): string | undefined {
  const direct = e.callee.kind === 'name' ? madeBy(e.callee, scope) : undefined;
  if (direct && READER_CLASSES.has(direct.maker)) return '';
  if (e.callee.kind !== 'attribute' || !(e.callee.name in ENV_METHODS)) return undefined;
  const made = madeBy(e.callee.object, scope);
  return made && READER_CLASSES.has(made.maker) ? e.callee.name : undefined;
}

function madeBy(e: Expression, scope: Scope): { maker: string; call: Call } | undefined {
  const qualified = scope.program.qualify(e, scope.module);
  if (qualified === undefined) return undefined;
  const found = scope.program.locate(qualified);
  const module = found?.module ?? scope.module;
  const rest = found ? found.rest : qualified;
  for (const s of module.body)
    if (s.kind === 'assign' && s.value?.kind === 'call' && s.targets.some((t) => t.kind === 'name' && t.name === rest))
      return { maker: scope.program.qualify(s.value.callee, module) ?? '', call: s.value };
  return undefined;
}

/** `environ.Env(DEBUG=(bool, False))`: type and default declared where the reader is made. */
function schemeDefault(e: Call, name: Expression, scope: Scope): { fallback?: Expression; type?: ValueType } | undefined {
  const object = e.callee.kind === 'attribute' ? e.callee.object : e.callee;
  const made = name.kind === 'string' ? madeBy(object, scope)?.call.args.find((a) => a.name === name.value) : undefined;
  if (!made) return undefined;
  const [cast, fallback] = made.value.kind === 'sequence' ? made.value.items : [made.value];
  const type = typeOfCast(cast);
  return { ...fallbackOf(fallback), ...(type ? { type } : {}) };
}

/** The type that a cast or an annotation names. */
export function typeOfCast(e: Expression | undefined): ValueType | undefined {
  if (!e) return undefined;
  if (e.kind === 'name' || e.kind === 'attribute') {
    const types: Readonly<Record<string, ValueType>> = {
      int: 'integer',
      PositiveInt: 'integer',
      bool: 'boolean',
      float: 'number',
      str: 'string',
      SecretStr: 'string',
    };
    return types[e.name] ?? (/(Url|Dsn)$/.test(e.name) ? 'url' : undefined);
  }
  if (e.kind === 'subscript') return isWrapper(e.object) ? e.index.map(typeOfCast).find(Boolean) : undefined;
  if (e.kind === 'binary' && e.operator === '|') return typeOfCast(e.left) ?? typeOfCast(e.right);
  return undefined;
}

/** `Optional[int]`, `Annotated[int, …]`; a list of numbers is no number. */
const isWrapper = (e: Expression): boolean =>
  (e.kind === 'name' || e.kind === 'attribute') && ['Optional', 'Annotated', 'Union'].includes(e.name);

/** The type that the use around a read, its name or its default shows. */
export function typeOf(read: Read, name: string, value: string | undefined): ValueType | undefined {
  if (read.type && read.type !== 'string') return read.type;
  const outer = read.around.at(-1);
  if (outer?.kind === 'call' && outer.callee.kind === 'name') {
    const cast = typeOfCast(outer.callee);
    if (cast && outer.args[0]?.value === read.expression) return cast;
  }
  if (read.around.some((e) => e.kind === 'binary' && comparesToTruth(e))) return 'boolean';
  if (/_(URL|URI|DSN|ENDPOINT)$/.test(name) || value?.includes('://')) return 'url';
  if (
    /(^|_)PORT$/.test(name) ||
    (value !== undefined && /^\d+$/.test(value) && read.around.length === 0 && read.fallback?.kind === 'number')
  )
    return 'integer';
  return read.type;
}

const TRUTHS = new Set(['true', '1', 'yes', 'on', 'y', 't', 'false', '0', 'no', 'off']);

/** `… == 'true'`, `… in ('1', 'true')`. */
function comparesToTruth(e: Extract<Expression, { kind: 'binary' }>): boolean {
  if (!['==', '!=', 'in', 'not in'].includes(e.operator)) return false;
  return [e.right, ...partsOf(e.right)].some((x) => x.kind === 'string' && TRUTHS.has(x.value.toLowerCase()));
}

/** The default as text; undefined when it is None or cannot be told. */
export function defaultOf(read: Read, scope: Scope): string | undefined {
  for (const fallback of [read.fallback, ...alternatives(read)]) {
    const known = fallback && evaluate(fallback, scope);
    if (!known || known.value === null || known.value === '') continue;
    return typeof known.value === 'boolean' ? (known.value ? 'True' : 'False') : String(known.value);
  }
  const stated = read.fallback && evaluate(read.fallback, scope);
  return stated?.value === '' ? '' : undefined;
}

/** `get('X') or '3'`: what stands on the right of it, nearest first. */
function alternatives(read: Read): readonly Expression[] {
  const found: Expression[] = [];
  let inner = read.expression;
  for (const e of read.around.toReversed()) {
    if (e.kind !== 'binary' || e.operator !== 'or' || e.left !== inner) break;
    found.push(e.right);
    inner = e;
  }
  return found;
}
