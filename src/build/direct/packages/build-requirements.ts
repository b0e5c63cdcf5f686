import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../base/index.ts';
import { keyOf, runProcess } from '../../../base/node.ts';
import { writeLayer, type BuiltLayer } from '../../../image/index.ts';
import type { PythonLock } from '../../types.ts';
import { placedOver } from '../below.ts';
import { CREATED_BY } from '../created-by.ts';
import { LIMITS } from '../limits.ts';
import {
  declaredIndexes,
  dependencyEntries,
  indexesIn,
  installEnvironment,
  installWheels,
  launcherOf,
  uvEnvironment,
  uvError,
  type Declared,
} from '../python/index.ts';
import { ENGINE_VERSION } from '../version.ts';
import { placeOf, type Buildable } from './buildable.ts';
import type { SourceTree } from './source-tree.ts';
import type { Workshop } from './workshop.ts';

/** A package that is built, and its pyproject.toml. */
export type Packaged = Buildable & Pick<SourceTree, 'manifest'>;

/** Exact versions, with hashes, of what a back end is made of: those of plimsoll.lock, where it has them. */
export async function lockRequirements(requires: readonly string[], local: Packaged, shop: Workshop): Promise<PythonLock> {
  const { plan, job } = shop;
  const inputs = keyOf({ requires: requires.toSorted(), python: plan.recipe.python.version });
  const known = job.lock?.backends?.find((each) => each.inputs === inputs);
  if (known) return known;
  if (job.locked) {
    const hint = 'run once without `--locked`, and commit plimsoll.lock';
    throw new UserError(`plimsoll.lock does not say what \`${local.name}\` is built with`, hint, { file: 'plimsoll.lock' });
  }
  return { inputs, requirements: requires.length === 0 ? '' : await resolved(requires, local, shop) };
}

async function resolved(requires: readonly string[], local: Packaged, shop: Workshop): Promise<string> {
  const { job, tools } = shop;
  const folder = await job.store.temporary();
  const [python, uv] = await Promise.all([tools.python(), tools.uv()]);
  await writeFile(join(folder, 'build.in'), `${requires.join('\n')}\n`);
  const options = '--universal --generate-hashes --only-binary :all: --no-header --no-annotate --quiet'.split(' ');
  const launcher = await launcherOf(python, folder);
  const { indexes, links } = await indexesOf(local, shop);
  const end = await runProcess({
    argv: [uv, 'pip', 'compile', 'build.in', '-o', 'build.txt', '--python', launcher, '--python-version', python.version, ...options],
    cwd: folder,
    // One that is for named packages alone may have stale copies of others.
    env: uvEnvironment({ indexes: indexes.filter((index) => !index.isExplicit), links }),
    timeoutMs: LIMITS.ms,
    signal: job.signal,
  });
  if (end.code === 0) return readFile(join(folder, 'build.txt'), 'utf8');
  const error = uvError(end, { done: 'resolved', target: `Python ${python.version}`, asked: [] });
  if (!(error instanceof UserError)) throw error;
  throw new UserError(`what \`${local.name}\` is built with cannot be had: ${error.message}`, error.hint, placeOf(local));
}

/** Those that the service names, for it is built for that, and its own; what is from elsewhere may name none to the service's builds. */
async function indexesOf({ manifest = '', remote }: Packaged, { plan, files }: Workshop): Promise<Declared> {
  const [service, own] = [await declaredIndexes(plan.recipe.dependencies, files), indexesIn(remote ? '' : manifest)];
  return { indexes: [...service.indexes, ...own.indexes], links: [...service.links, ...own.links] };
}

/** The layer that holds a back end, for the containers that build; part of no image. */
export async function backendLayer({ requirements }: PythonLock, local: Packaged, shop: Workshop): Promise<BuiltLayer | undefined> {
  if (requirements === '') return undefined;
  const { plan, job, tools, platform, base } = shop;
  const { place } = base;
  const key = keyOf({
    ENGINE_VERSION,
    backend: requirements,
    platform,
    place,
    madeFrom: base.madeFrom,
    python: plan.recipe.python.version,
  });
  return job.store.once<BuiltLayer>('layers', key, async () => {
    const [python, uv] = await Promise.all([tools.python(), tools.uv()]);
    const folder = await job.store.temporary();
    const target = await installWheels({
      uv,
      python,
      platform,
      requirements,
      folder,
      env: installEnvironment(await indexesOf(local, shop)),
    });
    const entries = placedOver(base.below, await dependencyEntries({ target, place, stripDebug: false }));
    const options = { mtimeSeconds: 0, createdBy: `${CREATED_BY}build requirements`, hidden: await base.replaced(entries) };
    const layer = await writeLayer(entries, options, job.store);
    return { value: layer, blobs: [layer.descriptor.digest] };
  });
}
