import type { Files } from '../../base/index.ts';
import { keyOf } from '../../base/node.ts';
import { writeLayer, type BuiltLayer, type LayerEntry } from '../../image/index.ts';
import { suiteNamed, type Plan } from '../../plan/index.ts';
import type { Job, PythonLock } from '../types.ts';
import { CREATED_BY } from './created-by.ts';
import type { DebianSource } from './debian-source.ts';
import { neededLibraries } from './elf/index.ts';
import { ENGINE_VERSION } from './version.ts';
import {
  declaredIndexes,
  dependencyEntries,
  findUv,
  installWheels,
  launcherOf,
  resolvePython,
  uvEnvironment,
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

/** As uv names it: `x86_64-manylinux_2_36`. */
export const uvPlatform = (architecture: string, { suite }: DebianSource): string =>
  `${MACHINES[architecture] ?? architecture}-manylinux_${suiteNamed(suite).glibc}`;

/** uv's names of the architectures. */
const MACHINES: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

/**
 * The layer of third-party packages, from the lock; installed only when nothing like it is in the store. `onNeeded` is
 * told the shared libraries that the packages link to, as soon as they are known: before the layer is compressed.
 */
export async function dependencyLayer(
  plan: Plan,
  files: Files,
  job: Job,
  debian: DebianSource,
  tools: Tools,
  local: readonly LocalNeeds[],
  onNeeded: (libraries: ReadonlySet<string>) => void,
): Promise<Dependencies> {
  const resolved = await resolvePython(plan, files, tools, job.store, job.lock?.python, job.locked, local);
  const lock = resolved.lock ? { lock: resolved.lock } : {};
  if (resolved.requirements.trim() === '') {
    onNeeded(new Set());
    return lock;
  }
  const platform = uvPlatform(job.platform.architecture, debian);
  const { bytecode, stripDebug } = plan.recipe;
  const key = keyOf({
    ENGINE_VERSION,
    requirements: resolved.requirements,
    platform,
    python: debian.pythonVersion,
    bytecode,
    stripDebug,
    created: job.createdSeconds,
  });
  const made = await job.store.once<Remembered>('dependencies', key, async () => {
    const [python, uv] = await Promise.all([tools.python(), tools.uv()]);
    const entries = await installed({ plan, files, job, platform, requirements: resolved.requirements, python, uv });
    const needed = neededBy(entries);
    onNeeded(new Set(needed));
    job.progress({ task: 'dependencies', detail: 'writing the layer' });
    const layer = await writeLayer(
      entries,
      { mtimeSeconds: job.createdSeconds, createdBy: `${CREATED_BY}dependencies (Python ${plan.recipe.python.version}, wheels)` },
      job.store,
    );
    job.progress({ task: 'dependencies', done: true });
    return { value: { layer, needed }, blobs: [layer.descriptor.digest] };
  });
  onNeeded(new Set(made.needed)); // recalled, or made by another process
  return { layer: made.layer, ...lock };
}

/** What resolves and installs; found when it is first asked for. */
export const toolsOf = (debian: DebianSource, job: Job): Tools => ({
  python: once(() => debian.hostPython()),
  uv: once(() => findUv(job.store, job.progress, () => debian.sparePip())),
});

interface Installation {
  readonly plan: Plan;
  readonly files: Files;
  readonly job: Job;
  readonly platform: string;
  readonly requirements: string;
  readonly python: HostPython;
  readonly uv: string;
}

async function installed({ plan, files, job, platform, requirements, python, uv }: Installation): Promise<LayerEntry[]> {
  job.progress({ task: 'dependencies', detail: 'installing wheels' });
  const folder = await job.store.temporary();
  const launcher = await launcherOf(python, folder);
  const target = await installWheels({
    uv,
    launcher,
    pythonVersion: python.version,
    platform,
    requirements,
    asked: plan.service.python.requirements,
    folder,
    // Whichever index has the very file: its hash is known, so none can put another in its place.
    env: { ...uvEnvironment(await declaredIndexes(plan.recipe.dependencies, files)), UV_INDEX_STRATEGY: 'unsafe-best-match' },
  });
  job.progress({ task: 'dependencies', detail: plan.recipe.bytecode === 'none' ? 'reading' : 'compiling' });
  return dependencyEntries({
    target,
    pythonVersion: plan.recipe.python.version,
    stripDebug: plan.recipe.stripDebug,
    ...(plan.recipe.bytecode === 'none' ? {} : { compileWith: python }),
  });
}

function neededBy(entries: readonly LayerEntry[]): string[] {
  const names = entries.flatMap((entry) =>
    entry.type === 'file' && entry.content instanceof Uint8Array ? neededLibraries(entry.content) : [],
  );
  return [...new Set(names)].toSorted();
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
