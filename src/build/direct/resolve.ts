import type { Files } from '../../base/index.ts';
import type { Plan } from '../../plan/index.ts';
import type { Job, Lock } from '../types.ts';
import { withPython } from './dependencies.ts';
import { backendsOf, sourcesOf, buildPackages } from './packages/index.ts';
import { resolvePython } from './python/index.ts';
import { sourceOf } from './source-of.ts';
import { workshop } from './workshop.ts';

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
  const shop = workshop(plan, files, job, source);
  // What packages of the repository need is said by their wheels.
  const packages = await buildPackages(shop);
  const { lock: python } = await resolvePython(
    withPython(plan, source),
    files,
    shop.tools,
    job.store,
    job.lock?.python,
    job.locked,
    packages,
  );
  const [sources, backends] = [sourcesOf(packages), backendsOf(packages)];
  const lock = {
    version: 1,
    ...source.lock,
    ...(python ? { python } : {}),
    ...(sources.length > 0 ? { sources } : {}),
    ...(backends.length > 0 ? { backends } : {}),
  } as const;
  return { lock, notes: source.notes };
}
