import type { Files } from '../../base/index.ts';
import type { Plan } from '../../plan/index.ts';
import type { Job, Lock } from '../types.ts';
import { toolsOf, withPython } from './dependencies.ts';
import { resolvePython } from './python/index.ts';
import { sourceOf } from './source-of.ts';

export interface ResolvedLock {
  readonly lock: Lock;
  /** What people should be told. */
  readonly notes: readonly string[];
}

/**
 * What a build would take, without building: the lock of the job where it answers, brought up to date for the job's
 * platform where it does not. Throws what a build throws.
 */
export async function resolveLock(plan: Plan, files: Files, job: Job): Promise<ResolvedLock> {
  const source = await sourceOf(plan, job);
  const { lock: python } = await resolvePython(
    withPython(plan, source),
    files,
    toolsOf(source, job),
    job.store,
    job.lock?.python,
    job.locked,
  );
  return { lock: { version: 1, ...source.lock, ...(python ? { python } : {}) }, notes: source.notes };
}
