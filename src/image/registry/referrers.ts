import { UserError } from '../../base/index.ts';
import { hexOf, type Digest } from '../../base/node.ts';
import { jsonBytes } from '../from-layers.ts';
import { DOCUMENT_LIMIT, readIndex, sound } from '../spec/documents.ts';
import { MEDIA } from '../spec/media-types.ts';
import { inMemory } from '../layout/write.ts';
import type { Descriptor } from '../types.ts';
import { collect } from '../verified.ts';
import { resolved } from './http.ts';
import type { RegistryJob } from './job.ts';
import { fetchManifest } from './manifests.ts';
import type { RegistryName } from './name.ts';
import { pushDocument } from './push.ts';
import { openRepository, type Repository } from './repository.ts';
import { endpointOf } from './settings.ts';
import { uploadBlob } from './upload.ts';

/** Something that belongs to an image: an SBOM, a signature. */
export interface Attachment {
  /** What it is: `application/vnd.cyclonedx+json`. */
  readonly artifactType: string;
  readonly bytes: Uint8Array;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** image-spec, manifest.md, "Guidance for an Empty Descriptor". */
const EMPTY = inMemory('application/vnd.oci.empty.v1+json', Buffer.from('{}'));

/** No image has as many: a list that goes on is hostile. */
const PAGES = 100;

/** What is attached to an image, by its digest; with `artifactType` only that. distribution-spec, "Listing Referrers". */
export async function referrersOf(
  name: RegistryName,
  digest: Digest,
  job: RegistryJob,
  artifactType?: string,
): Promise<readonly Descriptor[]> {
  const repository = openRepository(endpointOf(name.host, job.env ?? process.env), name.repository, 'pull', job);
  const all = (await listed(repository, digest, artifactType, job)) ?? (await taggedIndex(repository, digest, job)) ?? [];
  // A registry need not filter.
  return all.filter((one) => artifactType === undefined || one.artifactType === artifactType);
}

/** What the registry and the tag beside it say, each by itself; undefined: there is no such list. */
export async function bothLists(
  repository: Repository,
  digest: Digest,
  job: RegistryJob,
): Promise<{ readonly byApi: readonly Descriptor[] | undefined; readonly byTag: readonly Descriptor[] | undefined }> {
  return { byApi: await listed(repository, digest, undefined, job), byTag: await taggedIndex(repository, digest, job) };
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

async function taggedIndex(repository: Repository, digest: Digest, job: RegistryJob): Promise<readonly Descriptor[] | undefined> {
  const { bytes } = await fetchManifest(repository, tagFor(digest), job).catch((error: unknown) => {
    if (error instanceof UserError) return { bytes: undefined };
    throw error;
  });
  return bytes ? sound(readIndex(bytes), `the index ${tagFor(digest)}`).manifests : undefined;
}

/**
 * Attaches something to an image of a repository. Returns the descriptor of what was attached; the same twice is once.
 * Throws as `pushImages` does.
 */
export async function attach(name: RegistryName, subject: Descriptor, what: Attachment, job: RegistryJob): Promise<Descriptor> {
  const repository = openRepository(endpointOf(name.host, job.env ?? process.env), name.repository, 'pull,push', job);
  const { artifactType, bytes, annotations } = what;
  const layer = inMemory(artifactType, bytes);
  for (const blob of [layer, EMPTY]) await uploadBlob(repository, blob, { mountFrom: undefined, job });
  const { mediaType, digest, size } = subject;
  const manifest = inMemory(
    MEDIA.manifest,
    jsonBytes({
      schemaVersion: 2,
      mediaType: MEDIA.manifest,
      artifactType,
      config: EMPTY.descriptor,
      layers: [layer.descriptor],
      subject: { mediaType, digest, size },
      ...(annotations ? { annotations } : {}),
    }),
  );
  const answered = await pushDocument(repository, manifest, manifest.descriptor.digest);
  const entry = { ...manifest.descriptor, artifactType, ...(annotations ? { annotations } : {}) };
  // A registry that lists referrers by itself says so.
  if (answered.get('oci-subject') === null) await listByTag(repository, digest, entry, job);
  return entry;
}

async function listByTag(repository: Repository, subject: Digest, entry: Descriptor, job: RegistryJob): Promise<void> {
  const before = (await taggedIndex(repository, subject, job)) ?? [];
  if (before.some(({ digest }) => digest === entry.digest)) return;
  const bytes = jsonBytes({ schemaVersion: 2, mediaType: MEDIA.index, manifests: [...before, entry] });
  await pushDocument(repository, inMemory(MEDIA.index, bytes), tagFor(subject));
}
