import type { Progress } from '../base/index.ts';
import { openStore, type Store } from '../base/node.ts';
import { recognised, type ImageRef, type RegistryJob } from '../image/index.ts';

/** What `<image>` takes, as help shows it. */
export const IMAGE_FORMS = 'oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE, docker:NAME, podman:NAME, registry/name:tag, or a path';

interface Watch {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** What talking to a registry needs, besides the store. */
export const registryJob = (store: Store, { progress, signal }: Watch): RegistryJob => ({ store, progress, signal });

/** Works on an image; where it does not lie on this disk, with the store, which need not be writable otherwise. */
export async function withImage<T>(
  text: string,
  watch: Watch,
  work: (ref: ImageRef, registry: RegistryJob | undefined) => Promise<T>,
): Promise<T> {
  const ref = await recognised(text);
  if (!('name' in ref)) return work(ref, undefined);
  const store = await openStore();
  try {
    return await work(ref, registryJob(store, watch));
  } finally {
    await store.close();
  }
}
