import { createReadStream } from 'node:fs';
import { EnvironmentError, UserError } from '../../base/index.ts';
import type { Digest } from '../../base/node.ts';
import { imageOf } from '../image.ts';
import { referrersAmong } from '../referrer.ts';
import { choosePlatform, hostPlatform } from '../platform.ts';
import { readManifest, sound } from '../spec/documents.ts';
import { isForeign, isIndex, isManifest } from '../spec/media-types.ts';
import type { Descriptor, Image, ImageCore, Platform } from '../types.ts';
import { counted, unlike, verified } from '../verified.ts';
import { atOnce } from '../../base/index.ts';
import { blobBytes } from './blobs.ts';
import { ContentError, contentError } from './errors.ts';
import { AT_ONCE, type RegistryJob } from './job.ts';
import { fetchManifest, type ServedManifest } from './manifests.ts';
import { formatName, referenceOf, type RegistryName } from './name.ts';
import { rememberOrigin } from './origins.ts';
import { listReferrers } from './referrers.ts';
import { openRepository, type Repository } from './repository.ts';
import { endpointsOf } from './settings.ts';

/** What a name stands for, and where it was had: the registry or a mirror of it. */
export interface Source {
  readonly name: string;
  readonly top: ServedManifest;
  readonly repository: Repository;
  /** A manifest or index by its digest. */
  readonly document: (descriptor: Descriptor) => Promise<Uint8Array>;
  /** A blob, from the store; fetched when it is not there yet. Checked to its end. */
  readonly blob: (descriptor: Descriptor) => AsyncIterable<Uint8Array>;
  /** Brings a blob into the store. */
  readonly fetch: (descriptor: Descriptor) => Promise<void>;
  /** What the registry lists as attached to an image. */
  readonly referrers: (image: Digest) => Promise<readonly Descriptor[]>;
}

/** Asks the mirrors, then the registry. Throws what the registry itself says. */
export async function openSource(name: RegistryName, job: RegistryJob): Promise<Source> {
  const endpoints = endpointsOf(name.host, job.env ?? process.env);
  for (const [i, endpoint] of endpoints.entries())
    try {
      const repository = openRepository(endpoint, name.repository, 'pull', job);
      return sourceIn(repository, await fetchManifest(repository, referenceOf(name), job), formatName(name), job);
    } catch (error) {
      const isMirror = i < endpoints.length - 1;
      if (!isMirror || !(error instanceof EnvironmentError || error instanceof UserError)) throw error;
    }
  throw new Error('a registry is its own last endpoint');
}

function sourceIn(repository: Repository, top: ServedManifest, name: string, job: RegistryJob): Source {
  const fetched = new Map<Digest, Promise<void>>();
  const fetch = (descriptor: Descriptor): Promise<void> => {
    const known = fetched.get(descriptor.digest);
    if (known) return known;
    const fetching = intoStore(repository, descriptor, job);
    fetched.set(descriptor.digest, fetching);
    // Asked again after a failure, it tries again.
    fetching.catch(() => fetched.delete(descriptor.digest));
    return fetching;
  };
  return {
    name,
    top,
    repository,
    fetch,
    referrers: (digest) => listReferrers(repository, digest, job),
    document: async ({ digest }) => (digest === top.descriptor.digest ? top : await named(repository, digest, job)).bytes,
    async *blob(descriptor) {
      await fetch(descriptor);
      yield* verified(createReadStream(await job.store.pathOf(descriptor.digest), { highWaterMark: 1 << 18 }), descriptor);
    },
  };
}

/** What an index names is to be there. */
const named = (repository: Repository, digest: Digest, job: RegistryJob): Promise<ServedManifest> =>
  fetchManifest(repository, digest, job).catch((error: unknown) => {
    throw error instanceof UserError
      ? contentError(`${repository.host}/${repository.repository}`, `manifest ${digest} is not there`)
      : error;
  });

async function intoStore(repository: Repository, descriptor: Descriptor, job: RegistryJob): Promise<void> {
  const { digest, mediaType } = descriptor;
  if (await job.store.has(digest)) return;
  const where = `${repository.host}/${repository.repository}`;
  const fail = (what: string): Error => contentError(where, what);
  const bytes = counted(blobBytes(repository, descriptor, job), descriptor, fail);
  await job.store
    .put(bytes, digest, (actual) => fail(unlike(digest, actual)))
    .catch((error: unknown) => {
      throw isForeign(mediaType) && error instanceof ContentError ? foreign(where, descriptor, error) : error;
    });
  await rememberOrigin(job.store, repository.host, digest, repository.repository);
}

/** Addresses in a manifest are whoever's who wrote it: none of them is asked. */
const foreign = (where: string, { digest, mediaType, urls }: Descriptor, cause: Error): EnvironmentError =>
  new EnvironmentError(
    `${where}: layer ${digest} is a foreign one (\`${mediaType}\`), and cannot be had from the registry: ${cause.message}`,
    `${urls?.length ? 'its manifest says that it lies elsewhere; ' : ''}push the image with all its layers into a registry of your own (Docker: \`allow-nondistributable-artifacts\`), and name that, or name another base`,
    'permanent',
    { cause },
  );

/**
 * An image in a registry. Manifest and config are read at once, layers when they are asked for; all of it is kept in the
 * store. Where the name stands for several platforms, `platform` chooses, by default this machine's.
 * Throws UserError when it is not there, EnvironmentError when it cannot be had or is not what its digests say.
 */
export async function openRegistryImage(name: RegistryName, platform: Platform | undefined, job: RegistryJob): Promise<Image> {
  return imageIn(await openSource(name, job), platform);
}

/** The same, with all its blobs in the store already, fetched side by side. */
export async function pullImage(name: RegistryName, platform: Platform | undefined, job: RegistryJob): Promise<Image> {
  const source = await openSource(name, job);
  const image = await imageIn(source, platform);
  const { config, layers } = await image.parsedManifest();
  const blobs = [...new Map([config, ...layers].map((blob) => [blob.digest, blob])).values()];
  const total = blobs.reduce((sum, { size }) => sum + size, 0);
  let current = 0;
  const task = 'pull';
  const detail = source.name;
  job.progress?.({ task, detail, current, total, unit: 'bytes' });
  await atOnce(blobs, AT_ONCE, async (blob) => {
    await source.fetch(blob);
    job.progress?.({ task, detail, current: (current += blob.size), total, unit: 'bytes' });
  }).finally(() => job.progress?.({ task, done: true }));
  return image;
}

/** `how`: another way to look into its blobs. */
export async function imageIn(
  source: Source,
  platform: Platform = hostPlatform(),
  how: Pick<ImageCore, 'jumped' | 'fetch'> = {},
): Promise<Image> {
  const { chosen } = await choosePlatform([source.top.descriptor], platform, source.name, source.document);
  const attached = async () => referrersAmong(await source.referrers(chosen.digest), chosen.digest, (one) => bytesIn(source, one));
  const manifest = await source.document(chosen);
  sound(readManifest(manifest), `${source.name}: the manifest`);
  return imageOf({ manifest: async () => manifest, blob: source.blob, attached, ...how });
}

/** A manifest or a blob. */
export async function* bytesIn(source: Source, descriptor: Descriptor): AsyncGenerator<Uint8Array, void, undefined> {
  const isDocument = isIndex(descriptor.mediaType) || isManifest(descriptor.mediaType);
  yield* isDocument ? verified([await source.document(descriptor)], descriptor) : source.blob(descriptor);
}
