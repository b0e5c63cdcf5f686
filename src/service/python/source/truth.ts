import type { Expression } from './tree.ts';

interface Value {
  readonly value: string | number | boolean | null;
}

/** Whether a test holds, as far as `valueOf` can tell; one decisive side of `and` and `or` is enough. */
export function truthOf(e: Expression, valueOf: (e: Expression) => Value | undefined): boolean | undefined {
  if (e.kind === 'not') {
    const inner = truthOf(e.operand, valueOf);
    return inner === undefined ? undefined : !inner;
  }
  if (e.kind === 'binary' && (e.operator === 'and' || e.operator === 'or')) {
    const sides = [truthOf(e.left, valueOf), truthOf(e.right, valueOf)];
    const decisive = e.operator === 'or';
    if (sides.includes(decisive)) return decisive;
    return sides.includes(undefined) ? undefined : !decisive;
  }
  const known = valueOf(e);
  return known && Boolean(known.value);
}

/** What a comparison of two known values says; undefined for operators that are not compared here. */
export function compared(operator: string, left: Value, right: Value): boolean | undefined {
  if (operator === '==' || operator === 'is') return left.value === right.value;
  if (operator === '!=' || operator === 'is not') return left.value !== right.value;
  return undefined;
}
