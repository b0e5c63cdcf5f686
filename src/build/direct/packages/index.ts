import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { keyOf } from '../../../base/node.ts';
import { writeLayer, type BuiltLayer } from '../../../image/index.ts';
import type { PythonLock } from '../../types.ts';
import { placedOver } from '../below.ts';
import { CREATED_BY } from '../created-by.ts';
import { dependencyEntries, installWheels } from '../python/index.ts';
import { ENGINE_VERSION } from '../version.ts';
import { buildPackage, type BuiltPackage } from './build.ts';
import type { Workshop } from './workshop.ts';

export type { Workshop } from './workshop.ts';

/** The packages of the repository that the plan installs, built one after the other. None: empty. */
export async function buildPackages(shop: Workshop): Promise<readonly BuiltPackage[]> {
  const { local = [], own } = shop.plan.recipe;
  const built: BuiltPackage[] = [];
  for (const each of local) built.push(await buildPackage(each, false, shop));
  if (own) built.push(await buildPackage(own, true, shop));
  return built;
}

/** What built them, for plimsoll.lock. */
export function backendsOf(packages: readonly BuiltPackage[]): readonly PythonLock[] {
  const distinct = new Map(packages.flatMap(({ locks }) => locks.map((lock) => [lock.inputs, lock])));
  return [...distinct.values()].toSorted((a, b) => (a.inputs < b.inputs ? -1 : 1));
}

/** The layer that holds them; undefined where there are none. */
export async function packagesLayer(packages: readonly BuiltPackage[], shop: Workshop): Promise<BuiltLayer | undefined> {
  if (packages.length === 0) return undefined;
  const { plan, job, base } = shop;
  const { bytecode, python } = plan.recipe;
  const key = keyOf({
    ENGINE_VERSION,
    packages: packages.map(({ file, digest }) => [file, digest]),
    python: python.version,
    place: base.place,
    madeFrom: base.madeFrom,
    bytecode,
    created: job.createdSeconds,
  });
  return job.store.once<BuiltLayer>('layers', key, async () => {
    const entries = placedOver(base.below, await installed(packages, shop));
    const says = packages.map(({ name }) => name).join(', ');
    const options = {
      mtimeSeconds: job.createdSeconds,
      createdBy: `${CREATED_BY}packages (${says})`,
      hidden: await base.replaced(entries),
    };
    const layer = await writeLayer(entries, options, job.store);
    return { value: layer, blobs: [layer.descriptor.digest] };
  });
}

async function installed(packages: readonly BuiltPackage[], { plan, job, base, tools, platform }: Workshop) {
  const folder = await job.store.temporary();
  const [python, uv] = await Promise.all([tools.python(), tools.uv()]);
  const lines = await Promise.all(
    packages.map(async ({ name, file, digest }) => {
      const path = join(folder, file);
      await copyFile(await job.store.pathOf(digest), path);
      return `${name} @ ${pathToFileURL(path).href} --hash=${digest}`;
    }),
  );
  const target = await installWheels({
    uv,
    python,
    platform,
    requirements: `${lines.join('\n')}\n`,
    folder,
  });
  return dependencyEntries({
    target,
    place: base.place,
    stripDebug: false,
    ...(plan.recipe.bytecode === 'none' ? {} : { compileWith: await base.hostPython() }),
  });
}
