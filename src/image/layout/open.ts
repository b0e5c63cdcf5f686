import { EnvironmentError, UserError } from '../../base/index.ts';
import { attestationsOf, isAttestation } from '../attestations.ts';
import { imageOf } from '../image.ts';
import { parseImageRef, type ImageRef } from '../ref.ts';
import { DOCUMENT_LIMIT, readIndex, sound } from '../spec/documents.ts';
import { isIndex } from '../spec/media-types.ts';
import type { Descriptor, Image, Platform } from '../types.ts';
import { collect } from '../verified.ts';
import { openDockerArchive } from './docker-open.ts';
import { folderFiles, readSmall, tarFiles, type LayoutFiles } from './files.ts';
import { blobOf, INDEX_DEPTH, INDEX_ENTRIES, located, REF_NAME } from './locate.ts';

/**
 * Opens an image on disk. Where a layout has several platforms, `platform` chooses, by default this machine's.
 * Throws UserError when nothing is there, when it is not clear which image is meant, or for images held by Docker,
 * Podman or a registry; EnvironmentError when what is there is broken.
 */
export async function openImage(ref: ImageRef | string, platform: Platform = hostPlatform()): Promise<Image> {
  const { kind, path, tag } = await located(typeof ref === 'string' ? parseImageRef(ref) : ref);
  if (kind === 'oci') return openLayout(folderFiles(path), tag, platform);
  const files = await tarFiles(path);
  if (kind === 'bare') return (await files.find('index.json')) ? openLayout(files, tag, platform) : openDockerArchive(files, tag);
  return kind === 'oci-archive' ? openLayout(files, tag, platform) : openDockerArchive(files, tag);
}

async function openLayout(files: LayoutFiles, tag: string | undefined, platform: Platform): Promise<Image> {
  const index = sound(readIndex(await readSmall(files, 'index.json', DOCUMENT_LIMIT)), `${files.name}: index.json`);
  const named = index.manifests.filter((descriptor) => tag === undefined || descriptor.annotations?.[REF_NAME] === tag);
  const names = [...new Set(index.manifests.map((descriptor) => descriptor.annotations?.[REF_NAME] ?? '(no name)'))];
  if (named.length === 0)
    throw new UserError(
      `${files.name} has no image ${tag === undefined ? 'at all' : `\`${tag}\``}`,
      names.length > 0 ? `it has: ${names.join(', ')}` : 'build one into it',
    );
  if (tag === undefined && names.length > 1)
    throw new UserError(`${files.name} has several images: ${names.join(', ')}`, `say which: \`${files.name}:${names[0]}\``);
  const manifests = await expand(files, named);
  const chosen = choose(manifests, platform, files.name);
  const blob = (descriptor: Descriptor): AsyncIterable<Uint8Array> => blobOf(files, descriptor);
  return imageOf({ blob, manifest: async () => readBlob(files, chosen), attestations: attestationsOf(chosen, manifests) });
}

async function expand(files: LayoutFiles, descriptors: readonly Descriptor[], depth = 0): Promise<Descriptor[]> {
  const found: Descriptor[] = [];
  for (const descriptor of descriptors) {
    if (!isIndex(descriptor.mediaType)) found.push(descriptor);
    else if (depth < INDEX_DEPTH)
      found.push(
        ...(await expand(
          files,
          sound(readIndex(await readBlob(files, descriptor)), `${files.name}: index ${descriptor.digest}`).manifests,
          depth + 1,
        )),
      );
    if (found.length > INDEX_ENTRIES)
      throw new EnvironmentError(`${files.name} names more than ${INDEX_ENTRIES} images`, 'name one by its tag');
  }
  return found;
}

function choose(descriptors: readonly Descriptor[], wanted: Platform, name: string): Descriptor {
  const images = descriptors.filter((descriptor) => !isAttestation(descriptor) && descriptor.platform?.os !== 'unknown');
  const [only] = images;
  if (only && images.length === 1) return only;
  const fits = images.filter(
    ({ platform: p }) =>
      p?.os === wanted.os && p.architecture === wanted.architecture && (wanted.variant === undefined || p.variant === wanted.variant),
  );
  if (fits[0]) return fits[0];
  const there = images.map(({ platform: p }) => (p ? `${p.os}/${p.architecture}` : 'unknown')).join(', ');
  throw new UserError(
    `${name} has no image for ${wanted.os}/${wanted.architecture}`,
    there === '' ? 'build one into it' : `it has: ${there}; choose with \`--platform\``,
  );
}

/** This machine's platform in Go's names, as image-spec wants them; images are Linux everywhere. */
function hostPlatform(): Platform {
  const names: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };
  return { os: 'linux', architecture: names[process.arch] ?? process.arch };
}

const readBlob = (files: LayoutFiles, descriptor: Descriptor): Promise<Uint8Array> =>
  collect(blobOf(files, descriptor), DOCUMENT_LIMIT, `${files.name}: ${descriptor.digest}`);
