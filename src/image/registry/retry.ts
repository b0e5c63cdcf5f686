import { setTimeout as sleep } from 'node:timers/promises';
import { EnvironmentError, errorCode } from '../../base/index.ts';
import { patienceOf, type RegistryJob } from './job.ts';

/** A registry that asks for more patience than this is told to the person instead. Milliseconds. */
const LONGEST_WAIT = 60_000;

/** What failed: whether another try may help, and how long to wait before it. */
export interface Failure {
  readonly error: unknown;
  readonly passing: boolean;
  /** Milliseconds that the other side asked for. */
  readonly afterMs?: number | undefined;
  /** Of the answer that says no. */
  readonly status?: number;
}

/** Waits before the next try. Throws the failure when it is for good, or was the last try. `failures`: how many there were, this one included. */
export async function beforeNextTry({ error, passing, afterMs }: Failure, failures: number, job: RegistryJob): Promise<void> {
  const { attempts, backOffMs } = patienceOf(job);
  job.signal?.throwIfAborted();
  const waitMs = afterMs ?? backOffMs * 2 ** (failures - 1);
  if (!passing || failures >= attempts || waitMs > LONGEST_WAIT) throw error;
  await sleep(waitMs, undefined, job.signal ? { signal: job.signal } : {});
}

/** Tries until it succeeds, fails for good, or has failed too often. */
export async function retrying<T>(job: RegistryJob, work: () => Promise<{ readonly value: T } | Failure>): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    const tried = await work().catch(failureOf);
    if ('value' in tried) return tried.value;
    await beforeNextTry(tried, failures, job);
  }
}

/** Nothing listens, no such name: waiting a second does not help, and being offline should be told at once. */
const OFFLINE = ['ECONNREFUSED', 'ENOTFOUND', 'ENETUNREACH', 'EHOSTUNREACH'];

/** A failure of the network may pass; what else was thrown may not. */
export const failureOf = (error: unknown): Failure => ({
  error,
  passing: error instanceof EnvironmentError && error.kind === 'transient' && !OFFLINE.includes(errorCode(error.cause) ?? ''),
});

/** Retry-After, as seconds or as a date: RFC 9110, section 10.2.3. Milliseconds. */
export function retryAfter(headers: Headers): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
