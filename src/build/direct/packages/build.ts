import { normalizedName } from '../../../base/index.ts';
import { keyOf, type Digest } from '../../../base/node.ts';
import { imageFromLayers, writeLayer } from '../../../image/index.ts';
import type { LockedSource, PythonLock } from '../../types.ts';
import { CREATED_BY } from '../created-by.ts';
import { hostArchitecture } from '../debian/index.ts';
import { ENGINE_VERSION } from '../version.ts';
import type { Buildable } from './buildable.ts';
import { backendLayer, lockRequirements } from './build-requirements.ts';
import { buildSystemOf, type BuildSystem } from './build-system.ts';
import { runHook, type HookEnd } from './sandbox.ts';
import { sourceTree, type SourceTree } from './source-tree.ts';
import { readWheel, type Wheel } from './wheel.ts';
import type { Workshop } from './workshop.ts';

export interface BuiltPackage extends Wheel {
  readonly name: string;
  /** Of the wheel, in the store. */
  readonly digest: Digest;
  readonly lock: PythonLock;
  /** PEP 508, where it is not wanted everywhere. */
  readonly marker?: string | undefined;
  /** Where it comes from, if not from the repository. */
  readonly source?: LockedSource;
}

type Made = Omit<BuiltPackage, 'name' | 'lock' | 'marker' | 'source'> & { readonly missing?: undefined };

/**
 * Builds a package with its own back end, once for the same sources and the same back end. `fetched`: its sources, where they are not of the repository. `editable`:
 * the wheel leads to the sources, which lie in the image. Throws UserError when it cannot be built.
 */
export async function buildPackage(buildable: Buildable, editable: boolean, shop: Workshop, fetched?: SourceTree): Promise<BuiltPackage> {
  const { name, folder } = buildable;
  const tree = fetched ?? (await sourceTree(folder, shop.files));
  const system = buildSystemOf(tree.manifest);
  let lock = await lockRequirements(system.requires, shop);
  let made = await madeOnce(buildable, editable, tree, system, lock, shop);
  if (made.missing) {
    lock = await lockRequirements([...system.requires, ...made.missing], shop);
    made = await madeOnce(buildable, editable, tree, system, lock, shop);
  }
  if (made.missing) throw new Error(`the back end of ${name} asks for ${made.missing.join(', ')} again and again`);
  // A setup.py alone does not say its name: its wheel does.
  return { name: normalizedName(made.file.split('-', 1)[0] ?? name), ...made, lock };
}

type Missing = { readonly missing: readonly string[] };

/** What the back end runs on, and may look at. */
function systemOf({ base }: Workshop): unknown {
  const architecture = hostArchitecture();
  const packages = base.lock.debian?.packages.filter((one) => one.for === architecture).map(({ sha256 }) => sha256);
  return { architecture, python: base.pythonVersion, image: base.madeFrom, packages };
}

function madeOnce(
  local: Buildable,
  editable: boolean,
  tree: SourceTree,
  system: BuildSystem,
  lock: PythonLock,
  shop: Workshop,
): Promise<Made | Missing> {
  const { job, plan } = shop;
  const at = editable ? plan.recipe.root : BUILT_AT;
  const key = keyOf({
    ENGINE_VERSION,
    tree: tree.key,
    back: system,
    with: lock.requirements,
    editable,
    at,
    system: systemOf(shop),
    extras: local.remote?.extras,
  });
  return job.store.once<Made | Missing>('wheels', key, async () => {
    job.progress({ task: 'packages', detail: `building ${local.name}` });
    const end = await built(local, editable, at, tree, system, lock, shop);
    job.progress({ task: 'packages', done: true });
    if ('missing' in end) return { value: end, blobs: [] };
    const wheel = readWheel(end.wheel, end.bytes, local);
    const { digest } = await job.store.put(end.bytes);
    return { value: { ...wheel, digest }, blobs: [digest] };
  });
}

/** Where packages are built whose sources are not in the image. */
const BUILT_AT = '/build';

async function built(
  local: Buildable,
  editable: boolean,
  at: string,
  tree: SourceTree,
  system: BuildSystem,
  lock: PythonLock,
  shop: Workshop,
): Promise<HookEnd> {
  const { job, plan } = shop;
  const [base, backend, sources] = await Promise.all([shop.system(), backendLayer(lock, shop), sourceLayer(tree, shop)]);
  const layers = [...base, ...(backend ? [backend] : []), sources];
  const { uid, gid } = plan.contract.user;
  const image = imageFromLayers(
    {
      os: 'linux',
      architecture: hostArchitecture() ?? job.platform.architecture,
      config: { User: `${uid}:${gid}`, Env: ['PATH=/usr/local/bin:/usr/bin', 'LANG=C.UTF-8'], WorkingDir: '/tmp' },
    },
    layers,
    job.store,
  );
  return runHook({
    image,
    store: job.store,
    python: shop.base.place.interpreter,
    at,
    ...system,
    editable,
    package: local,
    signal: job.signal,
  });
}

async function sourceLayer(tree: SourceTree, { job }: Workshop) {
  const inside = tree.entries.map((entry) => ({ ...entry, path: `source/${entry.path}` }));
  const folder = { type: 'directory', path: 'source', mode: 0o755, uid: 0, gid: 0 } as const;
  return writeLayer([folder, ...inside], { mtimeSeconds: 0, createdBy: `${CREATED_BY}sources` }, job.store);
}
