import { UserError } from '../../base/index.ts';
import { imageOf } from '../image.ts';
import type { ImageRef } from '../ref.ts';
import { choosePlatform } from '../platform.ts';
import { isReferrer, referrersAmong } from '../referrer.ts';
import { DOCUMENT_LIMIT, readIndex, sound } from '../spec/documents.ts';
import type { Descriptor, Image, Platform } from '../types.ts';
import { collect } from '../verified.ts';
import { openDockerArchive } from './docker-open.ts';
import { folderFiles, readSmall, tarFiles, type LayoutFiles } from './files.ts';
import { blobOf, located, REF_NAME } from './locate.ts';

/**
 * Opens an image on disk. Where a layout has several platforms, `platform` chooses.
 * Throws UserError when nothing is there, when it is not clear which image is meant, or for images held by something
 * else; EnvironmentError when what is there is broken.
 */
export async function openOnDisk(ref: ImageRef, platform: Platform): Promise<Image> {
  const { kind, path, tag } = await located(ref);
  if (kind === 'oci') return openLayout(folderFiles(path), tag, platform);
  const files = await tarFiles(path);
  if (kind === 'bare') return (await files.find('index.json')) ? openLayout(files, tag, platform) : openDockerArchive(files, tag);
  return kind === 'oci-archive' ? openLayout(files, tag, platform) : openDockerArchive(files, tag);
}

async function openLayout(files: LayoutFiles, tag: string | undefined, platform: Platform): Promise<Image> {
  const index = sound(readIndex(await readSmall(files, 'index.json', DOCUMENT_LIMIT)), `${files.name}: index.json`);
  const images = index.manifests.filter((descriptor) => !isReferrer(descriptor));
  const named = images.filter((descriptor) => tag === undefined || descriptor.annotations?.[REF_NAME] === tag);
  const names = [...new Set(images.map((descriptor) => descriptor.annotations?.[REF_NAME] ?? '(no name)'))];
  if (named.length === 0)
    throw new UserError(
      `${files.name} has no image ${tag === undefined ? 'at all' : `\`${tag}\``}`,
      names.length > 0 ? `it has: ${names.join(', ')}` : 'build one into it',
    );
  if (tag === undefined && names.length > 1)
    throw new UserError(`${files.name} has several images: ${names.join(', ')}`, `say which: \`${files.name}:${names[0]}\``);
  const { chosen, attestations } = await choosePlatform(named, platform, files.name, (descriptor) => readBlob(files, descriptor));
  const blob = (descriptor: Descriptor): AsyncIterable<Uint8Array> => blobOf(files, descriptor);
  const attached = () => referrersAmong(index.manifests, chosen.digest, blob);
  return imageOf({ blob, manifest: async () => readBlob(files, chosen), attestations, attached });
}

const readBlob = (files: LayoutFiles, descriptor: Descriptor): Promise<Uint8Array> =>
  collect(blobOf(files, descriptor), DOCUMENT_LIMIT, `${files.name}: ${descriptor.digest}`);
