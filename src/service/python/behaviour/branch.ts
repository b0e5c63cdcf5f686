import { evaluate } from '../source/constant.ts';
import type { Scope } from '../source/known.ts';
import { truthOf } from '../source/truth.ts';
import type { Guard } from '../source/walk.ts';

/**
 * Whether code behind these guards runs when no variable is set and nothing fails; undefined: it cannot be told.
 * Tests compare constants and defaults; everything else is unknown.
 */
export function runsByDefault(guards: readonly Guard[], scope: Scope): boolean | undefined {
  const verdicts = guards.map((g): boolean | undefined => {
    if (g.kind === 'except') return false;
    if (g.kind !== 'if') return true;
    const truth = truthOf(g.test, (e) => evaluate(e, scope));
    return truth === undefined ? undefined : truth !== g.negated;
  });
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}
