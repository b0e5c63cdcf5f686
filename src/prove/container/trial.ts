import type { Subject, Trial } from '../types.ts';
import { readOnlyRefusals } from './log.ts';
import { observe, type Driven, type Observation } from './observe.ts';

/**
 * Runs the service as it will run in production, with a read-only root; where that went wrong, a second time with a
 * writable one, to tell what the read-only root is to blame for.
 */
export async function trialOf(subject: Subject): Promise<Trial> {
  const readOnly = await subject.run((container) => observe(container, subject, true));
  if (isClean(readOnly)) return { readOnly, best: readOnly };
  const writable = await subject.run((container) => observe(container, subject, false), { readOnlyRoot: false });
  return { readOnly, writable, best: !readOnly.readiness.ready && writable.readiness.ready ? writable : readOnly };
}

const isClean = (it: Observation): boolean => it.readiness.ready && !it.answers.some(isBroken) && readOnlyRefusals(it.logs).length === 0;

/** An answer that a probe did not expect, or a server's error. A route that nobody declared may leave its caller waiting. */
export function isBroken({ answer, probe }: Driven): boolean {
  if (!answer.answered) return probe !== undefined;
  return probe?.status === undefined ? answer.status >= 500 : answer.status !== probe.status;
}

/** What a gate that needs a running service says when there is none: another gate has found out why. */
export const NOT_UP = {
  outcome: 'unproven',
  why: 'the service did not become ready',
  remedy: 'mend what the gate `ready-in-time` found, then prove again',
} as const;
