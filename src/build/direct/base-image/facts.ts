import { keyOf, type Digest, type Store } from '../../../base/node.ts';
import {
  flatten,
  installationAt,
  ociMediaType,
  type BuiltLayer,
  type Image,
  type ImageConfig,
  type ImageLayer,
  type ImageTree,
} from '../../../image/index.ts';
import { installedPackages } from './installed.ts';
import type { Below } from '../below.ts';
import { keyOfInstallation, pathOf, pythonsIn, type BasePython } from './pythons.ts';

/** What is known of a base image from its files alone. Plain JSON: it is remembered by the image's digest. */
export interface BaseFacts {
  readonly digest: Digest;
  readonly config: ImageConfig;
  /** As they are, lowest first. */
  readonly layers: readonly BuiltLayer[];
  readonly pythons: readonly BasePython[];
  /** The text of etc/passwd and etc/group; empty where there is none. */
  readonly passwd: string;
  readonly group: string;
  /** Which of `INITS` have a program of that name. */
  readonly inits: readonly string[];
  /** Packages of its distribution that are installed, and what those provide. */
  readonly packages: readonly string[];
  /** The path of the one among `pythons` that `python3` starts; absent where PATH has none. */
  readonly python3?: string;
  readonly below: Below;
}

/** Programs that may be process 1 in front of a service. */
export const INITS: readonly string[] = ['tini', 'dumb-init'];

/** Raised when other facts are read off the same image. */
const VERSION = 4;

const keyFor = (digest: Digest): string => keyOf({ VERSION, digest });

/** The facts of an image that was read before and lies in the store. */
export const recallFacts = (digest: Digest, store: Store): Promise<BaseFacts | undefined> =>
  store.recall<BaseFacts>('base-images', keyFor(digest));

/** Brings an image's blobs into the store, and reads its files once. Throws EnvironmentError when a blob is broken. */
export async function factsOf(image: Image, store: Store): Promise<BaseFacts> {
  const digest = await image.digest();
  return store.once<BaseFacts>('base-images', keyFor(digest), async () => {
    const layers = await image.layers();
    for (const { descriptor } of layers)
      if (!(await store.has(descriptor.digest))) await store.put(image.blob(descriptor), descriptor.digest);
    const config = await image.config();
    const sizes: number[] = [];
    const tree = await flatten(layers.map((layer, index) => ({ tar: () => counted(layer.tar(), (bytes) => (sizes[index] = bytes)) })));
    const text = async (path: string): Promise<string> =>
      tree.resolve(path) === undefined ? '' : Buffer.from(await tree.read(path)).toString('utf8');
    const pythons = await pythonsIn(tree, config);
    const value: BaseFacts = {
      digest,
      config,
      layers: layers.map((layer, index) => layerOf(layer, sizes[index] ?? 0, index)),
      pythons,
      passwd: await text('etc/passwd'),
      group: await text('etc/group'),
      inits: INITS.filter((name) => [...tree.entries.keys()].some((path) => path.endsWith(`bin/${name}`))),
      packages: await installedPackages(tree),
      ...(await startedBy(tree, config, pythons)),
      below: belowOf(tree),
    };
    return { value, blobs: layers.map(({ descriptor }) => descriptor.digest) };
  });
}

async function startedBy(tree: ImageTree, config: ImageConfig, pythons: readonly BasePython[]): Promise<Pick<BaseFacts, 'python3'>> {
  const written = pathOf(config)
    .split(':')
    .map((folder) => `${folder}/python3`)
    .find((path) => tree.resolve(path) !== undefined);
  const started = written === undefined ? undefined : await installationAt(tree, written.replace(/^\/+/, ''));
  const found = pythons.find(({ key }) => started !== undefined && key === keyOfInstallation(started));
  return found ? { python3: found.path } : {};
}

function belowOf({ entries, resolve }: ImageTree): Below {
  const links: Record<string, string> = {};
  const folders: Record<string, Below['folders'][string]> = {};
  for (const [path, { record }] of entries) {
    const real = record.type === 'symlink' ? resolve(path) : undefined;
    if (real !== undefined && entries.get(real)?.record.type === 'directory') links[path] = real;
    const { type, mode, uid, gid } = record;
    if (type === 'directory' && (mode !== 0o755 || uid !== 0 || gid !== 0)) folders[path] = { mode, uid, gid };
  }
  return { links, folders };
}

/** The same bytes. Docker's name of what they are becomes OCI's, for the manifest is OCI's. */
function layerOf({ descriptor, diffId, createdBy }: ImageLayer, uncompressedSize: number, index: number): BuiltLayer {
  const { digest, size, urls } = descriptor;
  return {
    descriptor: { mediaType: ociMediaType(descriptor.mediaType), digest, size, ...(urls ? { urls } : {}) },
    diffId,
    uncompressedSize,
    createdBy: createdBy ?? `layer ${index + 1} of the base`,
  };
}

async function* counted(tar: AsyncIterable<Uint8Array>, done: (bytes: number) => void): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  for await (const piece of tar) {
    bytes += piece.length;
    yield piece;
  }
  done(bytes);
}
