import type { GateResult, Proof } from './types.ts';

/**
 * Any required failure: unfit. Else any required gate unproven and not allowed to be: unproven. Else fit.
 */
export function verdictOf(results: readonly GateResult[], allowUnproven: readonly string[]): Pick<Proof, 'verdict' | 'allowed'> {
  const required = results.filter((result) => result.required);
  const open = required.filter((result) => result.outcome.outcome === 'unproven').map((result) => result.id);
  const allowed = open.filter((id) => allowUnproven.includes(id));
  if (required.some((result) => result.outcome.outcome === 'failed')) return { verdict: 'unfit', allowed };
  return { verdict: open.length > allowed.length ? 'unproven' : 'fit', allowed };
}
