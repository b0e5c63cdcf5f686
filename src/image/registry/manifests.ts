import { EnvironmentError } from '../../base/index.ts';
import { isDigest, sha256, type Digest } from '../../base/node.ts';
import { DOCUMENT_LIMIT } from '../spec/documents.ts';
import { DOCKER_MEDIA, isIndex, isManifest, MEDIA } from '../spec/media-types.ts';
import type { Descriptor } from '../types.ts';
import { collect } from '../verified.ts';
import { contentError } from './errors.ts';
import type { Answer } from './http.ts';
import type { RegistryJob } from './job.ts';
import type { Repository } from './repository.ts';
import { retrying } from './retry.ts';

const ACCEPT = [MEDIA.index, MEDIA.manifest, DOCKER_MEDIA.index, DOCKER_MEDIA.manifest].join(', ');

export interface ServedManifest {
  /** Of the exact bytes. */
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/**
 * A manifest or index by tag or digest, its digest checked: distribution-spec, "Pulling manifests".
 * Throws UserError where there is none, ContentError when what comes is not what was asked for.
 */
export function fetchManifest(repository: Repository, reference: string, job: RegistryJob): Promise<ServedManifest> {
  const about = `${isDigest(reference) ? 'manifest' : 'tag'} \`${reference}\``;
  const where = `${repository.host}/${repository.repository}, ${about}`;
  return retrying(job, async () => {
    const tried = await repository.try({
      method: 'GET',
      path: `manifests/${reference}`,
      headers: { accept: ACCEPT },
      expects: [200],
      about,
    });
    if (!('value' in tried)) return tried;
    const mediaType = await knownType(tried.value, where);
    const bytes = await collect(tried.value.bytes(), DOCUMENT_LIMIT, where);
    return { value: { bytes, descriptor: { mediaType, digest: checked(bytes, reference, tried.value, where), size: bytes.length } } };
  });
}

async function knownType(answer: Answer, where: string): Promise<string> {
  const mediaType = (answer.headers.get('content-type') ?? '').split(';')[0]!.trim();
  if (isIndex(mediaType) || isManifest(mediaType)) return mediaType;
  await answer.drop();
  if (/^application\/vnd\.docker\.distribution\.manifest\.v1\+/.test(mediaType))
    throw new EnvironmentError(`${where}: is in Docker's first format, which has no digests`, 'push it again with a tool of this decade');
  throw contentError(where, `has media type \`${mediaType.slice(0, 100)}\`, which is no image's`);
}

function checked(bytes: Uint8Array, reference: string, { headers }: Answer, where: string): Digest {
  const digest = sha256(bytes);
  const wanted = isDigest(reference) ? reference : headers.get('docker-content-digest');
  if (wanted !== null && isDigest(wanted) && wanted !== digest)
    throw contentError(where, `should have digest ${wanted}, what came has ${digest}`);
  return digest;
}
