import type { Files } from '../../../base/index.ts';
import type { BuiltLayer } from '../../../image/index.ts';
import type { Plan } from '../../../plan/index.ts';
import type { Job } from '../../types.ts';
import type { BaseSource } from '../base-source.ts';
import type { Tools } from '../python/index.ts';

/** Where the packages of a repository are built. */
export interface Workshop {
  readonly plan: Plan;
  readonly files: Files;
  readonly job: Job;
  /** What the image is built on. */
  readonly base: BaseSource;
  readonly tools: Tools;
  /** Of this machine, as uv names it: a back end runs here, whatever the image is for. */
  readonly platform: string;
  /** An operating system with the image's Python, for this machine. */
  readonly system: () => Promise<readonly BuiltLayer[]>;
}
