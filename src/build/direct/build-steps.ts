import { EnvironmentError } from '../../base/index.ts';
import { keyOf } from '../../base/node.ts';
import { imageFromLayers, type BuiltLayer, type Image, type ImageSettings, type Platform } from '../../image/index.ts';
import type { BuildStep, Plan } from '../../plan/index.ts';
import { embeddedRunner, type Runner } from '../../run/index.ts';
import type { Built, Job } from '../types.ts';
import { hostArchitecture } from './debian/index.ts';
import { runStep, type StepResult } from './run-step.ts';
import { ENGINE_VERSION } from './version.ts';

/** An image without what steps write, and its settings, some of which are its base's. */
export interface Assembled extends Built {
  readonly settings: ImageSettings;
}

/** Builds the same plan for another platform: without its steps. */
type BuildFor = (platform: Platform) => Promise<Assembled>;

/**
 * Runs the plan's steps over the image that was built, each over what those before it left; what a step wrote is one more
 * layer, remembered by all that it was made of. For another architecture the steps run in the image of this machine's.
 * Throws UserError for a step that fails, EnvironmentError where nothing can be run.
 */
export async function withBuildSteps(plan: Plan, job: Job, { settings, ...built }: Assembled, buildFor: BuildFor): Promise<Built> {
  const { steps } = plan.recipe;
  if (steps === undefined) return built;
  const began = performance.now();
  const platform = hostPlatform(job.platform, steps);
  const isForeign = platform.architecture !== job.platform.architecture;
  const from = isForeign ? await buildFor(platform) : { ...built, settings };
  const runner = embeddedRunner(job.store);
  const made: StepResult[] = [];
  for (const step of steps) {
    const below = [...from.layers, ...layersOf(made)];
    made.push(await remembered({ plan, job: { ...job, platform }, step, below, isForeign, settings: from.settings }, runner));
  }
  const layers = [...built.layers, ...layersOf(made)];
  const where = isForeign ? [`build steps ran in the image for ${platform.architecture}: what they wrote holds no machine code`] : [];
  return {
    ...built,
    layers,
    image: imageFromLayers(settings, layers, job.store),
    timings: { ...built.timings, steps: Math.round(performance.now() - began) },
    notes: [...built.notes, ...where, ...made.flatMap((it) => it.notes)],
  };
}

const layersOf = (made: readonly StepResult[]): BuiltLayer[] => made.flatMap(({ layer }) => layer ?? []);

/** Where the steps can run: this machine's own architecture. Elsewhere nothing else would be the same image. */
function hostPlatform(wanted: Platform, [first]: readonly BuildStep[]): Platform {
  const architecture = hostArchitecture();
  if (architecture === undefined) throw cannotRun(first?.argv ?? [], 'this is no Linux on amd64 or arm64', 'build on Linux');
  return architecture === wanted.architecture ? wanted : { os: 'linux', architecture };
}

interface StepJob {
  readonly plan: Plan;
  readonly job: Job;
  readonly step: BuildStep;
  readonly below: readonly BuiltLayer[];
  readonly isForeign: boolean;
  readonly settings: ImageSettings;
}

function remembered({ plan, job, step, below, isForeign, settings }: StepJob, runner: Runner): Promise<StepResult> {
  const image: Image = imageFromLayers(settings, below, job.store);
  const { Env, WorkingDir } = settings.config ?? {};
  const key = keyOf({ ENGINE_VERSION, step, isForeign, below: below.map((it) => it.diffId), Env, WorkingDir, created: job.createdSeconds });
  return job.store.once('steps', key, async () => {
    const available = await runner.available();
    if (!available.ok) throw cannotRun(step.argv, available.why, available.remedy);
    const value = await runStep({ plan, job, step, image, isForeign }, runner);
    return { value, blobs: value.layer ? [value.layer.descriptor.digest] : [] };
  });
}

function cannotRun(argv: readonly string[], why: string, remedy: string): EnvironmentError {
  return new EnvironmentError(
    `the build step \`${argv.join(' ')}\` cannot be run here: ${why}`,
    `${remedy}; or have it run by another builder: \`plimsoll init\`, then \`--engine buildkit\`, \`docker\` or \`podman\`; or do without it: \`build: {steps: []}\` in plimsoll.yaml`,
  );
}
