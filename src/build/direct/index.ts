import { EnvironmentError, type Files } from '../../base/index.ts';
import { keyOf } from '../../base/node.ts';
import { imageFromLayers, writeLayer, type BuiltLayer } from '../../image/index.ts';
import type { Plan } from '../../plan/index.ts';
import type { Availability, Built, Engine, Job } from '../types.ts';
import { applicationTree } from './application.ts';
import { CREATED_BY } from './created-by.ts';
import { hostArchitecture } from './debian/index.ts';
import { dependencyLayer, toolsOf, uvPlatform } from './dependencies.ts';
import { debianSource, type DebianSource } from './debian-source.ts';
import { backendsOf, buildPackages, packagesLayer, type Workshop } from './packages/index.ts';
import { settingsOf } from './settings.ts';
import { ENGINE_VERSION } from './version.ts';

/**
 * Moves files: Debian packages, wheels and the application into layers. No daemon, no root, and no code of the service
 * runs. Every layer is remembered in the store by the hash of its inputs.
 */
export const directEngine: Engine = { id: 'direct', available, build };

async function available(): Promise<Availability> {
  if (process.platform === 'win32') return { ok: false, why: 'Windows is reached through WSL', remedy: 'run Plimsoll inside WSL' };
  if (process.platform === 'linux') return { ok: true, lacks: [] };
  const why = 'no Debian interpreter runs here to make byte code';
  return { ok: true, lacks: [{ what: 'byte code', why, remedy: 'pass `--no-bytecode`, or build on Linux' }] };
}

async function build(plan: Plan, files: Files, job: Job): Promise<Built> {
  const clock = stopwatch();
  const application = clock('application', () => applicationLayer(plan, files, job));
  application.catch(() => {}); // awaited below; an error elsewhere must not leave it unhandled
  const debian = await clock('resolve', () => debianSource(plan, job));
  const base = clock('base', () => debianLayer('base', debian, plan, job, undefined));
  base.catch(() => {});
  // Begun as soon as it is known what the dependencies link to, while their own layer is compressed.
  let interpreter: Promise<BuiltLayer> | undefined;
  const begin = (needed: ReadonlySet<string>): void => {
    interpreter ??= clock('interpreter', () => debianLayer('interpreter', debian, plan, job, needed));
    interpreter.catch(() => {});
  };
  const shop = workshop(plan, files, job, debian);
  const packages = await clock('packages', () => buildPackages(shop));
  const own = packagesLayer(packages, shop);
  own.catch(() => {});
  const dependencies = await clock('dependencies', () => dependencyLayer(plan, files, job, debian, shop.tools, packages, begin));
  if (!interpreter) throw new Error('the dependencies did not say what they need');
  const above = [dependencies.layer, await own].flatMap((layer) => layer ?? []);
  const layers = [await base, await interpreter, ...above, await application];
  const backends = backendsOf(packages);
  return {
    image: imageFromLayers(settingsOf(plan, job), layers, job.store),
    layers,
    lock: {
      version: 1,
      debian: debian.lock,
      ...(dependencies.lock ? { python: dependencies.lock } : {}),
      ...(backends.length > 0 ? { backends } : {}),
    },
    timings: clock.times,
    notes: debian.notes,
  };
}

/** Back ends run on this machine, in the image's Debian with the image's Python. */
function workshop(plan: Plan, files: Files, job: Job, debian: DebianSource): Workshop {
  const architecture = hostArchitecture() ?? job.platform.architecture;
  const isOwn = architecture === job.platform.architecture;
  return {
    plan,
    files,
    job,
    tools: toolsOf(job, debian),
    platform: uvPlatform(architecture, debian),
    system: async () => {
      const here: Job = { ...job, platform: { os: 'linux', architecture }, createdSeconds: 0, locked: false };
      const source = isOwn ? debian : await debianSource(plan, here);
      return Promise.all([debianLayer('base', source, plan, here, undefined), debianLayer('interpreter', source, plan, here, undefined)]);
    },
  };
}

async function debianLayer(
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

async function applicationLayer(plan: Plan, files: Files, job: Job): Promise<BuiltLayer> {
  const tree = await applicationTree(plan, files);
  if (!tree.entries.some((entry) => entry.type === 'file'))
    throw new EnvironmentError('everything in the folder is left out of the image', 'look at .dockerignore: its patterns match every file');
  const key = keyOf({ ENGINE_VERSION, tree: tree.key, created: job.createdSeconds });
  return remembered(job, 'layers', key, () =>
    writeLayer(tree.entries, { mtimeSeconds: job.createdSeconds, createdBy: `${CREATED_BY}application` }, job.store),
  );
}

/** A layer by its key: recalled, or made once by one of all running processes. */
function remembered(job: Job, kind: string, key: string, make: () => Promise<BuiltLayer>): Promise<BuiltLayer> {
  return job.store.once(kind, key, async () => {
    const layer = await make();
    return { value: layer, blobs: [layer.descriptor.digest] };
  });
}

/** Runs and times named steps; `times` in milliseconds. */
function stopwatch(): (<T>(name: string, work: () => Promise<T>) => Promise<T>) & { readonly times: Record<string, number> } {
  const times: Record<string, number> = {};
  const run = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    try {
      return await work();
    } finally {
      times[name] = Math.round(performance.now() - began);
    }
  };
  return Object.assign(run, { times });
}
