import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '../../../base/index.ts';
import { keyOf } from '../../../base/node.ts';
import { writeLayer, type BuiltLayer } from '../../../image/index.ts';
import type { LockedSource, PythonLock } from '../../types.ts';
import { placedOver } from '../below.ts';
import { CREATED_BY } from '../created-by.ts';
import { dependencyEntries, installWheels } from '../python/index.ts';
import { ENGINE_VERSION } from '../version.ts';
import { buildPackage, type BuiltPackage } from './build.ts';
import { hidden } from './remote/filled.ts';
import { remoteSources, type FetchedSource } from './remote/index.ts';
import type { Workshop } from './workshop.ts';

export type { Workshop } from './workshop.ts';

/** What the plan installs of sources: dependencies by URL, the packages of the repository, built one after the other. None: empty. */
export async function buildPackages(shop: Workshop): Promise<readonly BuiltPackage[]> {
  const { local = [], own } = shop.plan.recipe;
  const built: BuiltPackage[] = [];
  for (const fetched of await remoteSources(shop)) built.push(await buildRemote(fetched, shop));
  for (const each of local) built.push(await buildPackage(each, false, shop));
  if (own) built.push(await buildPackage(own, true, shop));
  return built;
}

async function buildRemote({ source, locked, tree }: FetchedSource, shop: Workshop): Promise<BuiltPackage> {
  const { name, url, at, extras, marker } = source;
  const made = await buildPackage({ name, folder: '', extras, remote: { url: hidden(url, source), at } }, false, shop, tree);
  if (made.name !== name)
    throw new UserError(`what ${hidden(url, source)} holds is \`${made.name}\`, not \`${name}\``, 'name it as it calls itself', at);
  const requires = marker === undefined ? made.requires : made.requires.map((each) => whereBoth(each, marker));
  return { ...made, requires, marker, source: locked };
}

function whereBoth(requirement: string, marker: string): string {
  const [what = '', own] = requirement.split(/\s*;\s*/, 2);
  return `${what} ; ${own === undefined ? marker : `(${own}) and (${marker})`}`;
}

/** What they are built of, for plimsoll.lock; of the repository nothing. */
export const sourcesOf = (packages: readonly BuiltPackage[]): readonly LockedSource[] => packages.flatMap(({ source }) => source ?? []);

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
    packages: packages.map(({ file, digest, marker }) => [file, digest, ...(marker === undefined ? [] : [marker])]),
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
    packages.map(async ({ name, file, digest, marker }) => {
      const path = join(folder, file);
      await copyFile(await job.store.pathOf(digest), path);
      return `${name} @ ${pathToFileURL(path).href}${marker === undefined ? '' : ` ; ${marker}`} --hash=${digest}`;
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
