import { atOnce, EnvironmentError, type Files } from '../../base/index.ts';
import { keyOf } from '../../base/node.ts';
import { imageFromLayers, writeLayer, type BuiltLayer, type Platform } from '../../image/index.ts';
import type { Plan } from '../../plan/index.ts';
import type { Availability, Built, Engine, Job } from '../types.ts';
import { applicationParts } from './application.ts';
import type { BaseSource } from './base-source.ts';
import { withBuildSteps, type Assembled } from './build-steps.ts';
import { CREATED_BY } from './created-by.ts';
import { dependencyLayer } from './dependencies.ts';
import { backendsOf, sourcesOf, buildPackages, packagesLayer } from './packages/index.ts';
import { rememberedLayer } from './remembered.ts';
import { settingsOf } from './settings.ts';
import { sourceOf } from './source-of.ts';
import { ENGINE_VERSION } from './version.ts';
import { workshop } from './workshop.ts';

/**
 * Moves files: Debian packages, wheels and the application into layers. No daemon, no root; of the
 * service's code only the plan's build steps run. Every layer is remembered in the store by the hash of its inputs.
 */
export const directEngine: Engine = { id: 'direct', available, build };

async function available(): Promise<Availability> {
  if (process.platform === 'win32') return { ok: false, why: 'Windows is reached through WSL', remedy: 'run Plimsoll inside WSL' };
  if (process.platform === 'linux') return { ok: true, lacks: [] };
  const why = 'no interpreter of a base runs here to make byte code';
  return { ok: true, lacks: [{ what: 'byte code', why, remedy: 'pass `--no-bytecode`, or build on Linux' }] };
}

async function build(plan: Plan, files: Files, job: Job): Promise<Built> {
  const built = await assembled(plan, files, job);
  // Where steps run for another platform belongs to no lock of that platform: what it says of this one is taken, no more.
  const forSteps = (platform: Platform): Promise<Assembled> =>
    assembled(plan, files, { ...job, platform, locked: false, ...(built.lock ? { lock: built.lock } : {}) });
  return withBuildSteps(plan, job, built, forSteps);
}

/** The image without what build steps write. */
async function assembled(plan: Plan, files: Files, job: Job): Promise<Assembled> {
  const clock = stopwatch();
  const opening = clock('resolve', () => sourceOf(plan, job));
  const application = clock('application', () => applicationLayers(plan, files, job, opening));
  application.catch(() => {}); // awaited below; an error elsewhere must not leave it unhandled
  const source = await opening;
  const base = clock('base', () => source.base());
  base.catch(() => {});
  // Begun as soon as it is known what the dependencies link to, while their own layer is compressed.
  let interpreter: Promise<readonly BuiltLayer[]> | undefined;
  const begin = (needed: ReadonlySet<string>): void => {
    interpreter ??= clock('interpreter', () => source.interpreter(needed));
    interpreter.catch(() => {});
  };
  const shop = workshop(plan, files, job, source);
  const packages = await clock('packages', () => buildPackages(shop));
  const own = packagesLayer(packages, shop);
  own.catch(() => {});
  const dependencies = await clock('dependencies', () => dependencyLayer(plan, files, job, source, shop.tools, packages, begin));
  if (!interpreter) throw new Error('the dependencies did not say what they need');
  const above = [dependencies.layer, await own].flatMap((layer) => layer ?? []);
  const layers = [...(await base), ...(await interpreter), ...above, ...(await application)];
  const [sources, backends] = [sourcesOf(packages), backendsOf(packages)];
  const settings = source.settings(settingsOf(plan, job));
  return {
    image: imageFromLayers(settings, layers, job.store),
    settings,
    layers,
    lock: {
      version: 1,
      ...source.lock,
      ...(dependencies.lock ? { python: dependencies.lock } : {}),
      ...(sources.length > 0 ? { sources } : {}),
      ...(backends.length > 0 ? { backends } : {}),
    },
    timings: clock.times,
    notes: source.notes,
  };
}

/** Parts that are compressed at the same time, each in a thread of its own. */
const PARTS_AT_ONCE = 2;

async function applicationLayers(plan: Plan, files: Files, job: Job, base: Promise<BaseSource>): Promise<readonly BuiltLayer[]> {
  const below = base.then((source) => source.below);
  below.catch(() => {}); // its error is told where it is awaited, or that of the application before it
  const parts = await applicationParts(plan, files, job, below);
  if (!parts.some(({ entries }) => entries.some((entry) => entry.type === 'file')))
    throw new EnvironmentError('everything in the folder is left out of the image', 'look at .dockerignore: its patterns match every file');
  const layers: BuiltLayer[] = [];
  const numbered = parts.map((part, i) => ({ ...part, i, createdBy: `application${parts.length === 1 ? '' : `, part ${i + 1}`}` }));
  await atOnce(numbered, PARTS_AT_ONCE, async ({ entries, key: tree, i, createdBy }) => {
    const key = keyOf({ ENGINE_VERSION, tree, created: job.createdSeconds });
    const options = { mtimeSeconds: job.createdSeconds, createdBy: `${CREATED_BY}${createdBy}` };
    const layer = await rememberedLayer(job, key, () => writeLayer(entries, options, job.store));
    layers[i] = { ...layer, createdBy: options.createdBy }; // what was the third part may be the fourth now
  });
  return layers;
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
