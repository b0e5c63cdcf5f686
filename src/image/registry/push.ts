import { UserError } from '../../base/index.ts';
import type { Digest } from '../../base/node.ts';
import type { Blob } from '../layout/blob.ts';
import { layoutContent } from '../layout/write.ts';
import { isIndex, isManifest } from '../spec/media-types.ts';
import type { Image } from '../types.ts';
import { atOnce } from '../../base/index.ts';
import { AT_ONCE, type RegistryJob } from './job.ts';
import { formatName, type RegistryName } from './name.ts';
import { originOf, rememberOrigin } from './origins.ts';
import { openRepository, type Repository } from './repository.ts';
import { endpointOf } from './settings.ts';
import { attachTo } from './referrers.ts';
import { pushDocument, uploadBlob, type Upload } from './upload.ts';

export interface Pushed {
  /** Of what the tag now stands for: the manifest, or with several platforms the index. */
  readonly digest: Digest;
  /** How many blobs were sent, mounted, or there before. */
  readonly blobs: Readonly<Record<Upload, number>>;
  /** The registry speaks no TLS. */
  readonly isPlain: boolean;
}

/**
 * Pushes images, one for each platform, under one tag: blobs first, side by side, each that is not there yet; then the
 * manifests; the tag last, so that whoever pulls finds the old image or the new one whole.
 * Throws UserError for a name with a digest, EnvironmentError when the registry does not take it.
 */
export async function pushImages(images: readonly Image[], name: RegistryName, job: RegistryJob): Promise<Pushed> {
  if (name.digest !== undefined)
    throw new UserError(`\`${formatName(name)}\` has a digest, and that comes of what is pushed`, 'name a tag: `registry/name:tag`');
  const content = await layoutContent(images, undefined);
  const isDocument = ({ descriptor: { mediaType } }: Blob): boolean => isManifest(mediaType) || isIndex(mediaType);
  const blobs = content.blobs.filter((blob) => !isDocument(blob));
  const { repository, mountFrom } = await openForPush(name, blobs, job);
  const counts = await pushBlobs(repository, blobs, mountFrom, name, job);
  for (const document of content.blobs.filter(isDocument)) {
    const { digest } = document.descriptor;
    await pushDocument(repository, document, digest === content.entry.digest ? (name.tag ?? 'latest') : digest);
  }
  for (const referrer of content.referrers) await attachTo(repository, referrer, job);
  return { digest: content.entry.digest, blobs: counts, isPlain: await repository.isPlain() };
}

/** The repository, and for each blob another one of the same registry that had it. */
async function openForPush(
  { host, repository: to }: RegistryName,
  blobs: readonly Blob[],
  job: RegistryJob,
): Promise<{ readonly repository: Repository; readonly mountFrom: ReadonlyMap<Digest, string> }> {
  const mountFrom = new Map<Digest, string>();
  for (const { descriptor } of blobs) {
    const origin = await originOf(job.store, host, descriptor.digest);
    if (origin !== undefined && origin !== to) mountFrom.set(descriptor.digest, origin);
  }
  const endpoint = endpointOf(host, job.env ?? process.env);
  return { repository: openRepository(endpoint, to, 'pull,push', job, [...new Set(mountFrom.values())]), mountFrom };
}

async function pushBlobs(
  repository: Repository,
  blobs: readonly Blob[],
  mountFrom: ReadonlyMap<Digest, string>,
  name: RegistryName,
  job: RegistryJob,
): Promise<Pushed['blobs']> {
  const counts = { there: 0, mounted: 0, sent: 0 };
  const task = 'push';
  const total = blobs.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
  let current = 0;
  const say = (): void => job.progress?.({ task, detail: formatName(name), current, total, unit: 'bytes' });
  say();
  await atOnce(blobs, AT_ONCE, async (blob) => {
    const { digest, size } = blob.descriptor;
    counts[await uploadBlob(repository, blob, { mountFrom: mountFrom.get(digest), job })] += 1;
    await rememberOrigin(job.store, repository.host, digest, repository.repository);
    current += size;
    say();
  }).finally(() => job.progress?.({ task, done: true }));
  return counts;
}
