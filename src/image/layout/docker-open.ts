import { createHash } from 'node:crypto';
import { jsonBytes } from '../from-layers.ts';
import { imageOf } from '../image.ts';
import { DOCUMENT_LIMIT, readConfig, sound } from '../spec/documents.ts';
import { MEDIA } from '../spec/media-types.ts';
import type { Descriptor, Image } from '../types.ts';
import { verified } from '../verified.ts';
import { missing, readSmall, type LayoutFile, type LayoutFiles } from './files.ts';
import { brokenArchive, chooseSaved, parseSaved, savedManifest } from './saved.ts';

/**
 * An image out of a Docker archive. It has no manifest there: one is made of the config and the layers as they lie in
 * the archive, so its digest is not that of any registry.
 * Throws UserError when the archive has several images and `tag` does not say which.
 */
export async function openDockerArchive(files: LayoutFiles, tag: string | undefined): Promise<Image> {
  const saved = chooseSaved(parseSaved(await readSmall(files, 'manifest.json', DOCUMENT_LIMIT), files.name), tag, files.name);
  const config = await readSmall(files, saved.Config, DOCUMENT_LIMIT);
  const diffIds = sound(readConfig(config), `${files.name}: ${saved.Config}`).rootfs.diff_ids;
  if (diffIds.length !== saved.Layers.length)
    throw brokenArchive(files.name, `${saved.Layers.length} layers, but ${diffIds.length} in the config`);
  const blobs = new Map<string, LayoutFile>();
  const layers = await Promise.all(
    saved.Layers.map(async (path, i): Promise<Descriptor> => {
      const file = await files.find(path);
      if (!file) throw missing(files, path);
      const descriptor = await describe(file, diffIds[i]!);
      blobs.set(descriptor.digest, file);
      return descriptor;
    }),
  );
  const manifest = savedManifest(config, layers);
  const configDescriptor = manifest.config;
  return imageOf({
    manifest: async () => jsonBytes(manifest),
    place: async (descriptor) => blobs.get(descriptor.digest)?.place,
    blob(descriptor) {
      if (descriptor.digest === configDescriptor.digest) return verified([config], descriptor);
      const file = blobs.get(descriptor.digest);
      if (!file) throw missing(files, descriptor.digest);
      return verified(file.read(), descriptor);
    },
  });
}

/** Layers are plain tars, whose digest the config has; some tools leave them compressed. */
async function describe(file: LayoutFile, diffId: Descriptor['digest']): Promise<Descriptor> {
  if (!(await isGzip(file))) return { mediaType: MEDIA.layer, digest: diffId, size: file.sizeBytes };
  const hash = createHash('sha256');
  for await (const piece of file.read()) hash.update(piece);
  return { mediaType: MEDIA.layerGzip, digest: `sha256:${hash.digest('hex')}`, size: file.sizeBytes };
}

async function isGzip(file: LayoutFile): Promise<boolean> {
  for await (const piece of file.read()) return piece[0] === 0x1f && piece[1] === 0x8b;
  return false;
}
