import { cite } from '../../base/index.ts';
import type { Beside, GateResult, Moment, Proof, SeenRun } from '../../prove/index.ts';

export const OUTCOMES = ['failed', 'unproven', 'passed', 'skipped'] as const;
export type OutcomeName = (typeof OUTCOMES)[number];

export const VERDICTS: Readonly<Record<Proof['verdict'], string>> = { fit: 'fit', unfit: 'not fit', unproven: 'unproven' };

/** `0.84 s (limit 10 s)`; empty where nothing was measured. */
export function figure(g: GateResult): string {
  const { outcome } = g;
  if ((outcome.outcome !== 'passed' && outcome.outcome !== 'failed') || !outcome.measured) return '';
  return outcome.measured.text + (g.limit ? ` (limit ${g.limit.text})` : '');
}

/** `11 passed, 1 skipped`. */
export function counts(gates: readonly GateResult[]): string {
  const count = (name: OutcomeName): number => gates.filter((g) => g.outcome.outcome === name).length;
  return (['passed', 'failed', 'skipped', 'unproven'] as const)
    .flatMap((name) => (count(name) > 0 ? [`${count(name)} ${name}`] : []))
    .join(', ');
}

/** True for what keeps the verdict from `fit`: a required gate that failed, or is unproven and was not let through. */
export const isDecisive = ({ id, required, outcome }: GateResult, { allowed }: Proof): boolean =>
  required && (outcome.outcome === 'failed' || (outcome.outcome === 'unproven' && !allowed.includes(id)));

/** `as db, cache; compose.yaml:9`, or why it is not there, and what to do. */
export function besideWords(it: Beside): string {
  const from = it.because.map(cite).join(', ');
  if (!it.stands) return `not there: ${it.why} (${from}); ${it.remedy}`;
  return [...(it.hosts.length > 0 ? [`as ${it.hosts.join(', ')}`] : []), ...(it.says === undefined ? [] : [it.says]), from].join('; ');
}

/** As people read them: when each had happened. */
export const byEnd = ({ moments }: SeenRun): readonly Moment[] => moments.toSorted((a, b) => a.atMs - b.atMs);
