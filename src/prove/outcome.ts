import type { Because, Evidence } from '../base/index.ts';
import type { Gate, Outcome, Quantity } from './types.ts';

/** Checks the shape where a gate is written. */
export const gate = (definition: Gate): Gate => definition;

/** What was observed, as evidence. */
export const seen = (what: string, text: string): Evidence => ({ from: 'run', what, text });

interface Extra {
  readonly measured?: Quantity | undefined;
  readonly why?: string | undefined;
}

export const passed = (evidence: Because, { measured, why }: Extra = {}): Outcome => ({
  outcome: 'passed',
  ...(measured ? { measured } : {}),
  ...(why === undefined ? {} : { why }),
  evidence,
});

export const failed = (why: string, fix: string, evidence: Because, measured?: Quantity): Outcome => ({
  outcome: 'failed',
  ...(measured ? { measured } : {}),
  why,
  fix,
  evidence,
});

export const skipped = (why: string): Outcome => ({ outcome: 'skipped', why });

export const unproven = (why: string, remedy: string): Outcome => ({ outcome: 'unproven', why, remedy });

/** A list for people: the first few, and how many more. */
export const listed = (items: readonly string[], most = 3): string =>
  items.length <= most ? items.join(', ') : `${items.slice(0, most).join(', ')} and ${items.length - most} more`;
