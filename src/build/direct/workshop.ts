import type { Files } from '../../base/index.ts';
import { machineOf } from '../../image/index.ts';
import type { Plan } from '../../plan/index.ts';
import type { Job } from '../types.ts';
import type { BaseSource } from './base-source.ts';
import { hostArchitecture } from './debian/index.ts';
import { toolsOf, withPython } from './dependencies.ts';
import type { Workshop } from './packages/index.ts';
import { sourceOf } from './source-of.ts';

/** Back ends run on this machine, on the image's own base and interpreter. */
export function workshop(plan: Plan, files: Files, job: Job, base: BaseSource): Workshop {
  const architecture = hostArchitecture() ?? job.platform.architecture;
  const isOwn = architecture === job.platform.architecture;
  return {
    plan: withPython(plan, base),
    files,
    job,
    base,
    tools: toolsOf(base, job),
    system: async () => {
      const here: Job = { ...job, platform: { os: 'linux', architecture }, createdSeconds: 0, locked: false };
      const source = isOwn ? base : await sourceOf(plan, here);
      const [below, interpreter] = await Promise.all([source.base(), source.interpreter(undefined)]);
      return [...below, ...interpreter];
    },
    platform: base.wheelPlatform.replace(/^[^-]+/, machineOf(architecture) ?? architecture),
  };
}
