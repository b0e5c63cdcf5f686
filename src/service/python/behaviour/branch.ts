import { evaluate, type Scope } from '../source/constant.ts';
import type { Expression } from '../source/tree.ts';
import type { Guard } from '../source/walk.ts';

/**
 * Whether code behind these guards runs when no variable is set and nothing fails; undefined: it cannot be told.
 * Tests compare constants and defaults; everything else is unknown.
 */
export function runsByDefault(guards: readonly Guard[], scope: Scope): boolean | undefined {
  const verdicts = guards.map((g): boolean | undefined => {
    if (g.kind === 'except') return false;
    if (g.kind !== 'if') return true;
    const truth = truthOf(g.test, scope);
    return truth === undefined ? undefined : truth !== g.negated;
  });
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}

function truthOf(e: Expression, scope: Scope): boolean | undefined {
  if (e.kind === 'not') {
    const inner = truthOf(e.operand, scope);
    return inner === undefined ? undefined : !inner;
  }
  if (e.kind === 'binary') return compared(e, scope);
  if (e.kind === 'name') {
    const known = definition(e, scope);
    if (known) return truthOf(known, scope);
  }
  const value = valueOf(e, scope);
  return value === undefined ? undefined : Boolean(value.value);
}

/** `DEBUG = os.environ.get('DEBUG') == '1'`: a name for a test. */
function definition(e: Extract<Expression, { kind: 'name' }>, scope: Scope): Expression | undefined {
  for (const s of scope.module.body)
    if (
      s.kind === 'assign' &&
      (s.value?.kind === 'binary' || s.value?.kind === 'not') &&
      s.targets.some((t) => t.kind === 'name' && t.name === e.name)
    )
      return s.value;
  return undefined;
}

function compared(e: Extract<Expression, { kind: 'binary' }>, scope: Scope): boolean | undefined {
  const { operator, left, right } = e;
  if (operator === 'and' || operator === 'or') {
    const sides = [truthOf(left, scope), truthOf(right, scope)];
    const decisive = operator === 'or';
    if (sides.includes(decisive)) return decisive;
    return sides.includes(undefined) ? undefined : !decisive;
  }
  const a = valueOf(left, scope);
  if (!a) return undefined;
  if (operator === 'in' || operator === 'not in') {
    if (right.kind !== 'sequence') return undefined;
    const items = right.items.map((i) => valueOf(i, scope));
    if (items.includes(undefined)) return undefined;
    return items.some((i) => i?.value === a.value) === (operator === 'in');
  }
  const b = valueOf(right, scope);
  if (!b) return undefined;
  if (operator === '==' || operator === 'is') return a.value === b.value;
  if (operator === '!=' || operator === 'is not') return a.value !== b.value;
  return undefined;
}

function valueOf(e: Expression, scope: Scope): { readonly value: unknown } | undefined {
  if (e.kind === 'call' && e.callee.kind === 'attribute' && (e.callee.name === 'lower' || e.callee.name === 'upper')) {
    const inner = valueOf(e.callee.object, scope);
    if (typeof inner?.value !== 'string') return undefined;
    return { value: e.callee.name === 'lower' ? inner.value.toLowerCase() : inner.value.toUpperCase() };
  }
  return evaluate(e, scope);
}
