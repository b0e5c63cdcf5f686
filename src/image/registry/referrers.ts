import { UserError } from '../../base/index.ts';
import { hexOf, type Digest } from '../../base/node.ts';
import { jsonBytes } from '../from-layers.ts';
import { DOCUMENT_LIMIT, readIndex, sound } from '../spec/documents.ts';
import { MEDIA } from '../spec/media-types.ts';
import { inMemory } from '../layout/blob.ts';
import { referrerOf, type Attachment, type Referrer } from '../referrer.ts';
import type { Descriptor } from '../types.ts';
import { collect } from '../verified.ts';
import { resolved } from './http.ts';
import type { RegistryJob } from './job.ts';
import { fetchManifest } from './manifests.ts';
import type { RegistryName } from './name.ts';
import { openRepository, type Repository } from './repository.ts';
import { endpointOf } from './settings.ts';
import { pushDocument, uploadBlob } from './upload.ts';

/** No image has as many: a list that goes on is hostile. */
const PAGES = 100;

/** What is attached to an image, by its digest; with `artifactType` only that. distribution-spec, "Listing Referrers". */
export async function referrersOf(
  name: RegistryName,
  digest: Digest,
  job: RegistryJob,
  artifactType?: string,
): Promise<readonly Descriptor[]> {
  return listReferrers(
    openRepository(endpointOf(name.host, job.env ?? process.env), name.repository, 'pull', job),
    digest,
    job,
    artifactType,
  );
}

/** The same of a repository that is open. */
export async function listReferrers(
  repository: Repository,
  digest: Digest,
  job: RegistryJob,
  artifactType?: string,
): Promise<readonly Descriptor[]> {
  const all = (await listed(repository, digest, artifactType, job)) ?? (await taggedIndex(repository, digest, job));
  // A registry need not filter.
  return all.filter((one) => artifactType === undefined || one.artifactType === artifactType);
}

/** Undefined where the registry knows no such list. */
async function listed(
  repository: Repository,
  digest: Digest,
  artifactType: string | undefined,
  job: RegistryJob,
): Promise<readonly Descriptor[] | undefined> {
  const query = artifactType === undefined ? '' : `?${new URLSearchParams({ artifactType })}`;
  const found: Descriptor[] = [];
  let path: string | URL | undefined = `referrers/${digest}${query}`;
  for (let page = 0; path !== undefined && page < PAGES; page += 1) {
    job.signal?.throwIfAborted();
    const about = `list of what is attached to ${digest}`;
    const answer = await repository.send({ method: 'GET', path, headers: { accept: MEDIA.index }, expects: [200, 404], about });
    const bytes = await collect(answer.bytes(), DOCUMENT_LIMIT, about);
    if (answer.status === 404) return page === 0 ? undefined : found;
    found.push(...sound(readIndex(bytes), `${repository.host}/${repository.repository}: the ${about}`).manifests);
    // RFC 8288, section 3.
    const next = /<([^>]+)>\s*;[^,]*\brel="?next"?/.exec(answer.headers.get('link') ?? '')?.[1];
    path = next === undefined ? undefined : resolved(next, answer.url);
  }
  return found;
}

/** Where registries do not know of referrers, an index under a tag lists them: distribution-spec, "Referrers Tag Schema". */
const tagFor = (digest: Digest): string => `sha256-${hexOf(digest)}`;

async function taggedIndex(repository: Repository, digest: Digest, job: RegistryJob): Promise<readonly Descriptor[]> {
  const { bytes } = await fetchManifest(repository, tagFor(digest), job).catch((error: unknown) => {
    if (error instanceof UserError) return { bytes: undefined };
    throw error;
  });
  return bytes ? sound(readIndex(bytes), `the index ${tagFor(digest)}`).manifests : [];
}

/** Attaches something to an image of a repository; returns its descriptor. Throws as `pushImages` does. */
export async function attach(name: RegistryName, subject: Descriptor, what: Attachment, job: RegistryJob): Promise<Descriptor> {
  const repository = openRepository(endpointOf(name.host, job.env ?? process.env), name.repository, 'pull,push', job);
  const referrer = referrerOf(subject, what);
  await attachTo(repository, referrer, job);
  return referrer.entry;
}

/** Attaches something to an image that is in the repository; the same twice is once. Throws as `pushImages` does. */
export async function attachTo(repository: Repository, { entry, subject, manifest, blobs }: Referrer, job: RegistryJob): Promise<void> {
  for (const blob of blobs) await uploadBlob(repository, blob, { mountFrom: undefined, job });
  const answered = await pushDocument(repository, manifest, manifest.descriptor.digest);
  // A registry that lists referrers by itself says so.
  if (answered.get('oci-subject') === null) await listByTag(repository, subject, entry, job);
}

async function listByTag(repository: Repository, subject: Digest, entry: Descriptor, job: RegistryJob): Promise<void> {
  const before = await taggedIndex(repository, subject, job);
  if (before.some(({ digest }) => digest === entry.digest)) return;
  const bytes = jsonBytes({ schemaVersion: 2, mediaType: MEDIA.index, manifests: [...before, entry] });
  await pushDocument(repository, inMemory(MEDIA.index, bytes), tagFor(subject));
}
