import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '../../base/node.ts';
import { writeDockerArchive, type Image, type ImageConfig } from '../../image/index.ts';
import { ask, type Client } from './client.ts';
import { newTag, quietly } from './names.ts';

type Loadable = Pick<Image, 'parsedManifest' | 'layers' | 'blob' | 'config'>;

/** Images that were loaded for this process's runs, each once. */
export interface Images {
  /** The name under which an image is there. */
  load(image: Loadable): Promise<string>;
  remove(): Promise<void>;
}

/** Loads images under names of our own, which go with `remove`. */
export function imagesOf(client: Client, store: Store): Images {
  const loaded = new Map<string, Promise<string>>();
  return {
    async load(image) {
      const { digest } = (await image.parsedManifest()).config;
      const known = loaded.get(digest) ?? loadInto(client, store, image);
      loaded.set(digest, known);
      return known;
    },
    async remove() {
      const names = await Promise.allSettled(loaded.values());
      loaded.clear();
      for (const name of names) if (name.status === 'fulfilled') await quietly(client, ['rmi', name.value]);
    },
  };
}

async function loadInto(client: Client, store: Store, image: Loadable): Promise<string> {
  const file = join(await store.temporary(), 'image.tar');
  const tag = newTag();
  try {
    await writeDockerArchive(file, image, tag, asRun(await image.config()));
    await ask(client, ['load', '--quiet', '--input', file]);
  } finally {
    await rm(file, { force: true });
  }
  return client.imageName(tag);
}

/**
 * Without its volumes, each of which would be a writable path that nobody declared, and without its health check, which
 * the proof asks at its own times.
 */
function asRun(document: ImageConfig): ImageConfig {
  const { Volumes: _volumes, Healthcheck: _check, ...config } = document.config ?? {};
  return { ...document, config };
}
