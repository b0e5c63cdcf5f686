import type { Files } from '../../base/index.ts';
import { keyOf } from '../../base/node.ts';
import { writeLayer, type BuiltLayer } from '../../image/index.ts';
import type { Plan } from '../../plan/index.ts';
import type { Job } from '../types.ts';
import { CREATED_BY } from './created-by.ts';
import { debianSource, type DebianSource } from './debian-source.ts';
import { hostArchitecture } from './debian/index.ts';
import { toolsOf, uvPlatform } from './dependencies.ts';
import type { Workshop } from './packages/index.ts';
import { ENGINE_VERSION } from './version.ts';

/** Back ends run on this machine, in the image's Debian with the image's Python. */
export function workshop(plan: Plan, files: Files, job: Job, debian: DebianSource): Workshop {
  const architecture = hostArchitecture() ?? job.platform.architecture;
  const isOwn = architecture === job.platform.architecture;
  return {
    plan,
    files,
    job,
    tools: toolsOf(debian, job),
    platform: uvPlatform(architecture, debian),
    system: async () => {
      const here: Job = { ...job, platform: { os: 'linux', architecture }, createdSeconds: 0, locked: false };
      const source = isOwn ? debian : await debianSource(plan, here);
      return Promise.all([debianLayer('base', source, plan, here, undefined), debianLayer('interpreter', source, plan, here, undefined)]);
    },
  };
}

/** One of Debian's two layers. */
export async function debianLayer(
  name: 'base' | 'interpreter',
  debian: DebianSource,
  plan: Plan,
  job: Job,
  needed: ReadonlySet<string> | undefined,
): Promise<BuiltLayer> {
  const says = name === 'base' ? `Debian ${debian.suite}` : `Python ${plan.recipe.python.version}`;
  const key = keyOf({ ENGINE_VERSION, made: debian.keyOf(name, needed), created: job.createdSeconds });
  return remembered(job, 'layers', key, async () =>
    writeLayer(
      await debian.entries(name, needed),
      { mtimeSeconds: job.createdSeconds, createdBy: `${CREATED_BY}${name} (${says})` },
      job.store,
    ),
  );
}

/** A layer by its key: recalled, or made once by one of all running processes. */
export function remembered(job: Job, kind: string, key: string, make: () => Promise<BuiltLayer>): Promise<BuiltLayer> {
  return job.store.once(kind, key, async () => {
    const layer = await make();
    return { value: layer, blobs: [layer.descriptor.digest] };
  });
}
