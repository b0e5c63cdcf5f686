import { createHash } from 'node:crypto';
import { EnvironmentError, UserError } from '../../base/index.ts';
import { sha256 } from '../../base/node.ts';
import { jsonBytes } from '../from-layers.ts';
import { imageOf } from '../image.ts';
import { DOCUMENT_LIMIT, readConfig, sound } from '../spec/documents.ts';
import { MEDIA } from '../spec/media-types.ts';
import type { Descriptor, Image, Manifest } from '../types.ts';
import { verified } from '../verified.ts';
import { missing, readSmall, type LayoutFile, type LayoutFiles } from './files.ts';

/** manifest.json of `docker save`: moby, image/spec/v1.2.md, "Combined Image JSON + Filesystem Changeset Format". */
interface SavedImage {
  readonly Config: string;
  readonly RepoTags?: readonly string[] | null;
  readonly Layers: readonly string[];
}

/**
 * An image out of a Docker archive. It has no manifest there: one is made of the config and the layers as they lie in
 * the archive, so its digest is not that of any registry.
 * Throws UserError when the archive has several images and `tag` does not say which.
 */
export async function openDockerArchive(files: LayoutFiles, tag: string | undefined): Promise<Image> {
  const saved = choose(parse(await readSmall(files, 'manifest.json', DOCUMENT_LIMIT), files.name), tag, files.name);
  const config = await readSmall(files, saved.Config, DOCUMENT_LIMIT);
  const diffIds = sound(readConfig(config), `${files.name}: ${saved.Config}`).rootfs.diff_ids;
  if (diffIds.length !== saved.Layers.length)
    throw broken(files.name, `${saved.Layers.length} layers, but ${diffIds.length} in the config`);
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
  const configDescriptor = { mediaType: MEDIA.config, digest: sha256(config), size: config.length };
  const manifest: Manifest = { schemaVersion: 2, mediaType: MEDIA.manifest, config: configDescriptor, layers };
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

/** As people write a name: Docker and Podman put these in front of it. */
const familiar = (tag: string): string => tag.replace(/^(docker\.io\/library\/|docker\.io\/|localhost\/)/, '');

function choose(images: readonly SavedImage[], tag: string | undefined, name: string): SavedImage {
  const tags = images.flatMap((image) => image.RepoTags ?? []).join(', ');
  const fits = images.filter((image) => tag === undefined || (image.RepoTags ?? []).map(familiar).includes(familiar(tag)));
  if (fits.length > 1)
    throw new UserError(`${name} has ${fits.length} images`, `say which: \`docker-archive:${name}:TAG\`; it has: ${tags}`);
  return fits[0] ?? nothing(name, tag, tags);
}

function nothing(name: string, tag: string | undefined, tags: string): never {
  throw new UserError(
    `${name} has no image ${tag === undefined ? 'at all' : `\`${tag}\``}`,
    tags === '' ? 'save one into it' : `it has: ${tags}`,
  );
}

function parse(bytes: Uint8Array, name: string): readonly SavedImage[] {
  try {
    const images: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (Array.isArray(images) && images.every(isSaved)) return images;
  } catch {
    // as below
  }
  throw broken(name, 'manifest.json is not a list of images');
}

function isSaved(value: unknown): value is SavedImage {
  if (typeof value !== 'object' || value === null) return false;
  const { Config, Layers, RepoTags = null } = value as Record<string, unknown>;
  const areTexts = (list: unknown): boolean => Array.isArray(list) && list.every((item) => typeof item === 'string');
  return typeof Config === 'string' && areTexts(Layers) && (RepoTags === null || areTexts(RepoTags));
}

const broken = (name: string, what: string): EnvironmentError =>
  new EnvironmentError(`${name} is a broken Docker archive: ${what}`, 'save it again with `docker save -o FILE NAME`');
