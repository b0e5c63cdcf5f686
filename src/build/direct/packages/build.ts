import { normalizedName, UserError } from '../../../base/index.ts';
import { keyOf, type Digest } from '../../../base/node.ts';
import { imageFromLayers, writeLayer } from '../../../image/index.ts';
import type { LockedSource, PythonLock } from '../../types.ts';
import { CREATED_BY } from '../created-by.ts';
import { hostArchitecture } from '../debian/index.ts';
import { ENGINE_VERSION } from '../version.ts';
import { placeOf, type Buildable } from './buildable.ts';
import { backendLayer, lockRequirements, type Packaged } from './build-requirements.ts';
import { buildSystemOf, type BuildSystem } from './build-system.ts';
import { runHook, type HookEnd } from './sandbox.ts';
import { sourceTree, type SourceTree } from './source-tree.ts';
import { readWheel, type Wheel } from './wheel.ts';
import type { Workshop } from './workshop.ts';

export interface BuiltPackage extends Wheel {
  readonly name: string;
  /** Those that are asked for. */
  readonly extras: readonly string[];
  /** Of the wheel, in the store. */
  readonly digest: Digest;
  /** What built it: its build requirements; then, where its back end asked for more, these with them. */
  readonly locks: readonly PythonLock[];
  /** PEP 508, where it is not wanted everywhere. */
  readonly marker?: string | undefined;
  /** Where it comes from, if not from the repository. */
  readonly source?: LockedSource;
}

type Made = Omit<BuiltPackage, 'name' | 'extras' | 'locks' | 'marker' | 'source'> & { readonly missing?: undefined };

/**
 * Builds a package with its own back end, once for the same sources and the same back end. `fetched`: its sources, where
 * they are not of the repository. `editable`: the wheel leads to the sources, which lie in the image. Throws UserError
 * when it cannot be built.
 */
export async function buildPackage(wanted: Buildable, editable: boolean, shop: Workshop, fetched?: SourceTree): Promise<BuiltPackage> {
  const { name, folder } = wanted;
  const tree = fetched ?? (await sourceTree(folder, shop.files));
  const system = buildSystemOf(tree.manifest, wanted);
  const local: Packaged = { ...wanted, ...(tree.manifest === undefined ? {} : { manifest: tree.manifest }) };
  const locks: PythonLock[] = [];
  const made = async (given: readonly string[]): Promise<Made | Missing> => {
    const lock = await lockRequirements([...system.requires, ...given], local, shop);
    locks.push(lock);
    return madeOnce({ local, editable, tree, system, lock, given }, shop);
  };
  let end = await made([]);
  if (end.missing) end = await made(end.missing);
  if (end.missing) {
    const hint = 'mend its build back end: it is asked twice';
    throw new UserError(`the back end of \`${name}\` asks for ${end.missing.join(', ')} after it got more`, hint, placeOf(wanted));
  }
  // A setup.py alone does not say its name: its wheel does.
  return { name: normalizedName(end.file.split('-', 1)[0] ?? name), extras: wanted.extras ?? [], ...end, locks };
}

type Missing = { readonly missing: readonly string[] };

interface Making {
  readonly local: Packaged;
  readonly editable: boolean;
  readonly tree: SourceTree;
  readonly system: BuildSystem;
  readonly lock: PythonLock;
  /** What the back end asked for before. */
  readonly given: readonly string[];
}

/** What the back end runs on, and may look at. */
function systemOf({ base }: Workshop): unknown {
  const architecture = hostArchitecture();
  const packages = base.lock.debian?.packages.filter((one) => one.for === architecture).map(({ sha256 }) => sha256);
  return { architecture, python: base.pythonVersion, image: base.madeFrom, packages };
}

function madeOnce(making: Making, shop: Workshop): Promise<Made | Missing> {
  const { local, editable, tree, system, lock, given } = making;
  const { job } = shop;
  const at = rootOf(making, shop);
  const back = { ...system, given };
  const key = keyOf({ ENGINE_VERSION, tree: tree.key, back, with: lock.requirements, editable, at, system: systemOf(shop) });
  return job.store.once<Made | Missing>('wheels', key, async () => {
    job.progress({ task: 'packages', detail: `building ${local.name}` });
    const end = await built(making, shop);
    job.progress({ task: 'packages', done: true });
    if ('missing' in end) return { value: end, blobs: [] };
    const wheel = readWheel(end.wheel, end.bytes, local);
    const { digest } = await job.store.put(end.bytes);
    return { value: { ...wheel, digest }, blobs: [digest] };
  });
}

/** Where packages are built whose sources are not in the image. */
const BUILT_AT = '/build';

const rootOf = ({ editable }: Making, { plan }: Workshop): string => (editable ? plan.recipe.root : BUILT_AT);

async function built(making: Making, shop: Workshop): Promise<HookEnd> {
  const { local, tree, system, lock, editable, given } = making;
  const { job, plan } = shop;
  const [base, backend, sources] = await Promise.all([shop.system(), backendLayer(lock, local, shop), sourceLayer(tree, shop)]);
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
    at: rootOf(making, shop),
    ...system,
    editable,
    given,
    package: local,
    signal: job.signal,
  });
}

async function sourceLayer(tree: SourceTree, { job }: Workshop) {
  const inside = tree.entries.map((entry) => ({ ...entry, path: `source/${entry.path}` }));
  const folder = { type: 'directory', path: 'source', mode: 0o755, uid: 0, gid: 0 } as const;
  return writeLayer([folder, ...inside], { mtimeSeconds: 0, createdBy: `${CREATED_BY}sources` }, job.store);
}
