import { join } from 'node:path';
import type { RegistryJob } from '../registry/job.ts';
import type { ImageRef } from '../ref.ts';
import { saveFromDocker } from './docker.ts';
import { saveFromPodman } from './podman.ts';

export { openStored } from './storage/open.ts';

/**
 * Brings an image out of Docker or Podman, into a file that is there until the store is closed.
 * `why`: for people, where it could have been read in its place.
 */
export async function savedFrom(
  { kind, name }: { readonly kind: 'docker' | 'podman'; readonly name: string },
  { store, progress, signal }: Pick<RegistryJob, 'store' | 'progress' | 'signal'>,
  why?: string,
): Promise<ImageRef> {
  const path = join(await store.temporary(), 'image.tar');
  const save = kind === 'docker' ? saveFromDocker : saveFromPodman;
  progress?.({ task: 'save', detail: `${kind}:${name}${why === undefined ? '' : ` (${why})`}` });
  await save(name, path, signal).finally(() => progress?.({ task: 'save', done: true }));
  return { kind: 'docker-archive', path };
}
