import type { RunOptions } from '../../run/index.ts';
import type { Subject, Trial } from '../types.ts';
import { shortfall } from './expected.ts';
import { checkOf } from './health.ts';
import { readOnlyRefusals } from './log.ts';
import { memoryLimitOf, UNLIMITED_BYTES, wasKilled } from './memory-limit.ts';
import { observe, type Driven, type Observation } from './observe.ts';

/** Only `ready-in-time` judges time: who is late elsewhere may be so many times as late as the contract allows. */
const PATIENCE = 3;

/**
 * Runs the service as it will run in production, with a read-only root and a memory limit. Where the limit killed
 * something, a second time without one, for all other gates. Where the read-only root went wrong, once more with a
 * writable one, to tell what it is to blame for. On a machine that stalls, being late looks the same: where nothing but
 * time speaks against the read-only root, it has a second run, and more time.
 */
export async function trialOf(subject: Subject): Promise<Trial> {
  const limited = await observed(subject, { memoryBytes: memoryLimitOf(subject) ?? UNLIMITED_BYTES });
  if (!wasKilled(limited)) return trialFrom(subject, limited);
  return { ...(await trialFrom(subject, await observed(subject, {}))), overLimit: limited };
}

async function trialFrom(subject: Subject, first: Observation): Promise<Trial> {
  if (isClean(first)) return { readOnly: first, best: first };
  const writable = await observed(subject, { readOnlyRoot: false });
  const readOnly =
    writable.readiness.ready && isMerelyLate(first) ? await observed(subject, {}, PATIENCE * subject.contract.readyWithinMs) : first;
  return { readOnly, writable, best: !readOnly.readiness.ready && writable.readiness.ready ? writable : readOnly };
}

/**
 * One run. In the end the service is frozen, and the container stays for the health check to find out: it waits for its
 * time-out and needs no processor, so nobody waits for it here.
 */
function observed(subject: Subject, over: Partial<RunOptions>, withinMs?: number): Promise<Observation> {
  return new Promise((resolve, reject) => {
    const whole = subject.run(async (container) => {
      const seen = await observe(container, subject, over.readOnlyRoot !== false, withinMs);
      const check = seen.health?.healthy && !seen.exit ? await checkOf(subject.image, subject.contract) : undefined;
      resolve(check ? { ...seen, frozen: whole } : seen);
      if (!check) return undefined;
      await container.freeze();
      return container.exec(check.argv, check.timeoutMs);
    }, over);
    whole.catch(reject);
  });
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
  return shortfall(answer, probe?.expect ?? {}) !== undefined;
}

/** What a gate that needs a running service says when there is none: another gate has found out why. */
export const NOT_UP = {
  outcome: 'unproven',
  why: 'the service did not become ready',
  remedy: 'mend what the gate `ready-in-time` found, then prove again',
} as const;
