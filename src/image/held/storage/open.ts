import { EnvironmentError, messageOf, once, UserError } from '../../../base/index.ts';
import type { Digest } from '../../../base/node.ts';
import { jsonBytes } from '../../from-layers.ts';
import { imageOf } from '../../image.ts';
import { savedManifest } from '../../layout/saved.ts';
import { MEDIA } from '../../spec/media-types.ts';
import type { JumpedTar } from '../../tar/index.ts';
import type { Descriptor, Image } from '../../types.ts';
import { verified } from '../../verified.ts';
import { jumpedLayer, layerTar } from './layer.ts';
import { storedImage, type StoredImage } from './records.ts';
import { storageOf, thisAsker, type Asker } from './where.ts';

/** How an image is had when its storage cannot be read; `why` is for people. */
type Save = (why: string | undefined) => Promise<Image>;

/**
 * An image of this user's Podman, read where Podman keeps it: the same image as `podman save` writes in Docker's format.
 * What is not there, or cannot be read by this user, is had by `save`. Nothing is written, no lock is taken.
 * Throws what `save` throws.
 */
export async function openStored(name: string, save: Save, asker: Asker = thisAsker(process.env)): Promise<Image> {
  let flaw: unknown;
  const note = (error: unknown): undefined => {
    if (!(error instanceof EnvironmentError)) throw error;
    flaw ??= error;
  };
  const saved = once(() =>
    save(flaw === undefined ? undefined : messageOf(flaw)).catch((error: unknown) => {
      if (flaw === undefined || !(error instanceof EnvironmentError || error instanceof UserError)) throw error;
      throw new EnvironmentError(`${messageOf(flaw)}; and ${error.message}`, error.hint, 'permanent', { cause: error });
    }),
  );
  const stored = await storageOf(asker)
    .then((storage) => storage && storedImage(storage, name))
    .catch(note);
  return stored ? imageFrom(stored, saved, note) : saved();
}

function imageFrom({ config, layers }: StoredImage, saved: () => Promise<Image>, note: (error: unknown) => undefined): Image {
  const descriptors = layers.map(({ diffId, sizeBytes }): Descriptor => ({ mediaType: MEDIA.layer, digest: diffId, size: sizeBytes }));
  const manifest = savedManifest(config, descriptors);
  const byDigest = new Map(layers.map((layer) => [layer.diffId, layer]));
  const jumped = async (digest: Digest): Promise<JumpedTar | undefined> => {
    const layer = byDigest.get(digest);
    return layer && jumpedLayer(layer).catch(note);
  };
  /** Whether the layer can be had from the storage; told before its first byte. */
  const isReadable = async (digest: Digest): Promise<boolean> => {
    const found = await jumped(digest);
    found?.close();
    return found !== undefined;
  };
  return imageOf({
    manifest: async () => jsonBytes(manifest),
    jumped: ({ digest }) => jumped(digest),
    place: async (descriptor) => (byDigest.has(descriptor.digest) ? (await saved()).place?.(descriptor) : undefined),
    async *blob(descriptor) {
      const layer = byDigest.get(descriptor.digest);
      if (descriptor.digest === manifest.config.digest) yield* verified([config], descriptor);
      else if (layer && (await isReadable(layer.diffId))) yield* verified(layerTar(layer), descriptor);
      else yield* (await saved()).blob(descriptor);
    },
  });
}
