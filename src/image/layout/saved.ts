import { EnvironmentError, UserError } from '../../base/index.ts';
import { sha256 } from '../../base/node.ts';
import { MEDIA } from '../spec/media-types.ts';
import type { Descriptor, Manifest } from '../types.ts';

/** manifest.json of `docker save`: moby, image/spec/v1.2.md, "Combined Image JSON + Filesystem Changeset Format". */
export interface SavedImage {
  readonly Config: string;
  readonly RepoTags?: readonly string[] | null;
  readonly Layers: readonly string[];
}

/** Such an archive has no manifest: one is made of the config and the layers as they lie there. */
export const savedManifest = (config: Uint8Array, layers: readonly Descriptor[]): Manifest => ({
  schemaVersion: 2,
  mediaType: MEDIA.manifest,
  config: { mediaType: MEDIA.config, digest: sha256(config), size: config.length },
  layers,
});

/** As people write a name: Docker and Podman put these in front of it. */
const familiar = (tag: string): string => tag.replace(/^(docker\.io\/library\/|docker\.io\/|localhost\/)/, '');

/** The one image, or the one with this tag. Throws UserError where it is not clear which. */
export function chooseSaved(images: readonly SavedImage[], tag: string | undefined, name: string): SavedImage {
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

/** Throws EnvironmentError where it is no such list. */
export function parseSaved(bytes: Uint8Array, name: string): readonly SavedImage[] {
  try {
    const images: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (Array.isArray(images) && images.every(isSaved)) return images;
  } catch {
    // as below
  }
  throw brokenArchive(name, 'manifest.json is not a list of images');
}

function isSaved(value: unknown): value is SavedImage {
  if (typeof value !== 'object' || value === null) return false;
  const { Config, Layers, RepoTags = null } = value as Record<string, unknown>;
  const areTexts = (list: unknown): boolean => Array.isArray(list) && list.every((item) => typeof item === 'string');
  return typeof Config === 'string' && areTexts(Layers) && (RepoTags === null || areTexts(RepoTags));
}

export const brokenArchive = (name: string, what: string): EnvironmentError =>
  new EnvironmentError(`${name} is a broken Docker archive: ${what}`, 'save it again with `docker save -o FILE NAME`');
