import { isLeaving } from './leaving.ts';
import type { Known, Locals } from './known.ts';
import { truthOf } from './truth.ts';
import { expressionsOf, statementsIn, within, type Expression, type FunctionNode, type Statement } from './tree.ts';

/** What comes of a call when no variable of the environment is set and nothing else fails. */
export type Result = { readonly kind: 'value'; readonly known: Known } | { readonly kind: 'raises' } | { readonly kind: 'unknown' };

export interface Interpreter {
  evaluate(e: Expression, locals: Locals): Known | undefined;
  /** `os.environ['X']`, which raises KeyError when there is no such variable, and what calls for one. */
  raisesWhenUnset(e: Expression, locals: Locals): boolean;
}

type End = Result | { readonly kind: 'missing' } | { readonly kind: 'next'; readonly locals: Locals };

const UNKNOWN: End = { kind: 'unknown' };

/** Follows a function from statement to statement as far as its tests can be told. */
export function resultOf(f: FunctionNode, locals: Locals, interpreter: Interpreter): Result {
  const end = run(f.body, locals, interpreter);
  if (end.kind === 'missing') return { kind: 'raises' };
  return end.kind === 'next' ? { kind: 'unknown' } : end;
}

function run(body: readonly Statement[], before: Locals, interpreter: Interpreter): End {
  let locals = before;
  for (const s of body) {
    const end = step(s, locals, interpreter);
    if (end.kind !== 'next') return end;
    locals = end.locals;
  }
  return { kind: 'next', locals };
}

function step(s: Statement, locals: Locals, interpreter: Interpreter): End {
  const known = (e: Expression): Known | undefined => interpreter.evaluate(e, locals);
  const next = (given: Locals = locals): End => ({ kind: 'next', locals: given });
  if (isLeaving(s)) return { kind: 'raises' };
  switch (s.kind) {
    case 'if':
      return branch(s, locals, interpreter);
    case 'try':
      return attempt(s, locals, interpreter);
    case 'with':
      return run(s.body, forgetting([s], locals), interpreter);
    case 'return': {
      const value = s.value && known(s.value);
      if (value) return { kind: 'value', known: value };
      return misses(s, locals, interpreter) ? { kind: 'missing' } : UNKNOWN;
    }
    case 'assign': {
      const { value, targets } = s;
      if (value && misses(s, locals, interpreter) && !known(value)) return { kind: 'missing' };
      const [target] = targets;
      if (!value || targets.length !== 1 || target?.kind !== 'name') return next(forgetting([s], locals));
      return next(new Map([...locals, [target.name, () => known(value)]]));
    }
    case 'expression':
      return misses(s, locals, interpreter) ? { kind: 'missing' } : next();
    case 'function':
    case 'class':
    case 'import':
      return next();
    default:
      // A loop, a match, `x += 1`: it may return, or change what it names.
      return [...statementsIn([s])].some((inner) => inner.kind === 'return' || inner.kind === 'raise')
        ? UNKNOWN
        : next(forgetting([s], locals));
  }
}

function branch(s: Extract<Statement, { kind: 'if' }>, locals: Locals, interpreter: Interpreter): End {
  for (const { test, body } of s.branches) {
    const holds = test === undefined || truthOf(test, (e) => interpreter.evaluate(e, locals));
    if (holds === undefined) return UNKNOWN;
    if (holds) return run(body, locals, interpreter);
  }
  return { kind: 'next', locals };
}

/** `try: return os.environ['X'] except KeyError: …`: the handler is what runs. */
function attempt(s: Extract<Statement, { kind: 'try' }>, locals: Locals, interpreter: Interpreter): End {
  const end = run(s.body, locals, interpreter);
  if (end.kind === 'next') return run(s.rest, end.locals, interpreter);
  if (end.kind === 'raises') return UNKNOWN;
  if (end.kind !== 'missing') return end;
  const handler = s.handlers.find(({ type }) => type === undefined || (type.kind === 'sequence' ? type.items : [type]).some(isForMissing));
  return handler ? run(handler.body, locals, interpreter) : end;
}

/** Python documentation, “Exception hierarchy”: what catches a KeyError. */
export const isForMissing = (e: Expression): boolean =>
  (e.kind === 'name' || e.kind === 'attribute') && ['KeyError', 'LookupError', 'Exception', 'BaseException'].includes(e.name);

const misses = (s: Statement, locals: Locals, interpreter: Interpreter): boolean =>
  expressionsOf(s).some((e) => [...within(e)].some((part) => interpreter.raisesWhenUnset(part, locals)));

/** Whatever these statements bind has no known value afterwards. */
function forgetting(statements: readonly Statement[], locals: Locals): Locals {
  const targets = [...statementsIn(statements)].flatMap((s): readonly (Expression | undefined)[] =>
    s.kind === 'assign' ? s.targets : s.kind === 'update' || s.kind === 'loop' ? [s.target] : [],
  );
  const names = targets.flatMap((t) => (t ? [...within(t)] : [])).flatMap((e) => (e.kind === 'name' ? [e.name] : []));
  return new Map([...locals, ...names.map((name) => [name, () => undefined] as const)]);
}
