import type { Plan } from '../../plan/index.ts';
import type { Job } from '../types.ts';
import { baseImageSource } from './base-image/index.ts';
import type { BaseSource } from './base-source.ts';
import { debianSource } from './debian-source.ts';

/** What a plan is built on: packages of Debian, or an image. Throws UserError for what cannot be built on. */
export function sourceOf(plan: Plan, job: Job): Promise<BaseSource> {
  const { base } = plan.recipe;
  return base.kind === 'debian' ? debianSource(plan, base, job) : baseImageSource(plan, base.reference, job);
}
