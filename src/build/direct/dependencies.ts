import { once, type Files } from '../../base/index.ts';
import { keyOf } from '../../base/node.ts';
import { writeLayer, type BuiltLayer, type LayerEntry } from '../../image/index.ts';
import type { Plan } from '../../plan/index.ts';
import type { Job, PythonLock } from '../types.ts';
import type { BaseSource } from './base-source.ts';
import { placedOver } from './below.ts';
import { CREATED_BY } from './created-by.ts';
import { neededLibraries } from './elf/index.ts';
import { ENGINE_VERSION } from './version.ts';
import {
  declaredIndexes,
  dependencyEntries,
  findUv,
  installEnvironment,
  installWheels,
  resolvePython,
  type HostPython,
  type LocalNeeds,
  type Tools,
} from './python/index.ts';

export interface Dependencies {
  /** Absent: there are none. */
  readonly layer?: BuiltLayer;
  readonly lock?: PythonLock;
}

interface Remembered {
  readonly layer: BuiltLayer;
  readonly needed: readonly string[];
}

/**
 * The layer of third-party packages, from the lock; installed only when nothing like it is in the store. `onNeeded` is
 * told the shared libraries that the packages link to, as soon as they are known: before the layer is compressed.
 */
export async function dependencyLayer(
  plan: Plan,
  files: Files,
  job: Job,
  base: BaseSource,
  tools: Tools,
  local: readonly LocalNeeds[],
  onNeeded: (libraries: ReadonlySet<string>) => void,
): Promise<Dependencies> {
  const resolved = await resolvePython(withPython(plan, base), files, tools, job.store, job.lock?.python, job.locked, local);
  const lock = resolved.lock ? { lock: resolved.lock } : {};
  const requirements = base.added === '' ? resolved.requirements : `${resolved.requirements.trimEnd()}\n${base.added}`;
  if (requirements.trim() === '') {
    onNeeded(new Set());
    return lock;
  }
  const { bytecode, stripDebug } = plan.recipe;
  const key = keyOf({
    ENGINE_VERSION,
    requirements,
    platform: base.wheelPlatform,
    python: base.pythonVersion,
    place: base.place,
    madeFrom: base.madeFrom,
    bytecode,
    stripDebug,
    created: job.createdSeconds,
  });
  const made = await job.store.once<Remembered>('dependencies', key, async () => {
    const [python, uv] = await Promise.all([tools.python(), tools.uv()]);
    const entries = placedOver(base.below, await installed({ plan, files, job, base, requirements, python, uv }));
    const needed = neededBy(entries);
    onNeeded(new Set(needed));
    job.progress({ task: 'dependencies', detail: 'writing the layer' });
    const layer = await writeLayer(
      entries,
      {
        mtimeSeconds: job.createdSeconds,
        createdBy: `${CREATED_BY}dependencies (Python ${minorOf(base.pythonVersion)}, wheels)`,
        hidden: await base.replaced(entries),
      },
      job.store,
    );
    job.progress({ task: 'dependencies', done: true });
    return { value: { layer, needed }, blobs: [layer.descriptor.digest] };
  });
  onNeeded(new Set(made.needed)); // recalled, or made by another process
  return { layer: made.layer, ...lock };
}

/** What resolves and installs; found when it is first asked for. */
export const toolsOf = (base: BaseSource, job: Job): Tools => ({
  python: once(() => base.installerPython()),
  uv: once(() => findUv(job.store, job.progress, () => base.sparePip())),
});

interface Installation {
  readonly plan: Plan;
  readonly files: Files;
  readonly job: Job;
  readonly base: BaseSource;
  readonly requirements: string;
  readonly python: HostPython;
  readonly uv: string;
}

async function installed({ plan, files, job, base, requirements, python, uv }: Installation): Promise<LayerEntry[]> {
  job.progress({ task: 'dependencies', detail: 'installing wheels' });
  const folder = await job.store.temporary();
  const target = await installWheels({
    uv,
    python,
    platform: base.wheelPlatform,
    requirements,
    asked: plan.service.python.requirements,
    folder,
    env: installEnvironment(await declaredIndexes(plan.recipe.dependencies, files)),
  });
  job.progress({ task: 'dependencies', detail: plan.recipe.bytecode === 'none' ? 'reading' : 'compiling' });
  return dependencyEntries({
    target,
    place: base.place,
    stripDebug: plan.recipe.stripDebug,
    ...(plan.recipe.bytecode === 'none' ? {} : { compileWith: await base.hostPython() }),
  });
}

function neededBy(entries: readonly LayerEntry[]): string[] {
  const names = entries.flatMap((entry) =>
    entry.type === 'file' && entry.content instanceof Uint8Array ? neededLibraries(entry.content) : [],
  );
  return [...new Set(names)].toSorted();
}

/** What the base turned out to have: which packages are wanted depends on it. */
export const withPython = (plan: Plan, { pythonVersion }: BaseSource): Plan => ({
  ...plan,
  recipe: { ...plan.recipe, python: { version: minorOf(pythonVersion) } },
});

const minorOf = (version: string): string => version.split('.', 2).join('.');
