import type { Subject, Trial } from '../types.ts';
import { readOnlyRefusals } from './log.ts';
import { observe, type Driven, type Observation } from './observe.ts';

/** Only `ready-in-time` judges time: who is late elsewhere may be so many times as late as the contract allows. */
const PATIENCE = 3;

/**
 * Runs the service as it will run in production, with a read-only root; where that went wrong, a second time with a
 * writable one, to tell what the read-only root is to blame for. On a machine that stalls, being late looks the same:
 * where nothing but time speaks against the read-only root, it has a second run, and more time.
 */
export async function trialOf(subject: Subject): Promise<Trial> {
  const first = await subject.run((container) => observe(container, subject, true));
  if (isClean(first)) return { readOnly: first, best: first };
  const writable = await subject.run((container) => observe(container, subject, false), { readOnlyRoot: false });
  const readOnly =
    writable.readiness.ready && isMerelyLate(first)
      ? await subject.run((container) => observe(container, subject, true, PATIENCE * subject.contract.readyWithinMs))
      : first;
  return { readOnly, writable, best: !readOnly.readiness.ready && writable.readiness.ready ? writable : readOnly };
}

const isClean = (it: Observation): boolean => it.readiness.ready && !it.answers.some(isBroken) && readOnlyRefusals(it.logs).length === 0;

/** No exit, no refused write, no wrong answer: it or an answer did not come in time. */
function isMerelyLate({ readiness, answers, logs }: Observation): boolean {
  if (readOnlyRefusals(logs).length > 0) return false;
  return readiness.ready ? answers.every((it) => !isBroken(it) || !it.answer.answered) : readiness.exit === undefined;
}

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
