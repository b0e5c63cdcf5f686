import { stat } from 'node:fs/promises';
import { openStored, savedFrom } from './held/index.ts';
import { openOnDisk } from './layout/open.ts';
import { validateOnDisk } from './layout/validate.ts';
import { hostPlatform } from './platform.ts';
import { parseImageRef, type ImageRef } from './ref.ts';
import type { RegistryJob } from './registry/job.ts';
import { lookAtRegistry } from './registry/look.ts';
import { namesRegistry, parseRegistryName } from './registry/name.ts';
import { pullImage } from './registry/pull.ts';
import { validateInRegistry } from './registry/validate.ts';
import type { Image, Platform } from './types.ts';
import type { Mismatch } from './validate/index.ts';

/**
 * Opens an image on disk or, with `registry`, in one, or one that Docker or Podman holds. Where several platforms are
 * there, `platform` chooses, by default this machine's. Throws UserError when nothing is there or it is not clear which
 * image is meant; EnvironmentError when what is there is broken or cannot be had.
 */
export async function openImage(ref: ImageRef | string, platform: Platform = hostPlatform(), registry?: RegistryJob): Promise<Image> {
  const found = await recognised(ref);
  if (registry && found.kind === 'registry') return pullImage(parseRegistryName(found.name), platform, registry);
  if (registry && found.kind === 'podman')
    return openStored(found.name, async (why) => openOnDisk(await savedFrom(found, registry, why), platform));
  return openOnDisk(await onDisk(found, registry), platform);
}

/**
 * The same for somebody who looks through the image and does not need all of it: of one in a registry, parts are fetched
 * where that pays, unchecked; what is read as a whole is checked.
 */
export async function openToLook(ref: ImageRef | string, platform?: Platform, registry?: RegistryJob): Promise<Image> {
  const found = await recognised(ref);
  if (registry && found.kind === 'registry') return lookAtRegistry(parseRegistryName(found.name), platform, registry);
  return openImage(found, platform, registry);
}

const onDisk = async (found: ImageRef, job: RegistryJob | undefined): Promise<ImageRef> =>
  job && (found.kind === 'docker' || found.kind === 'podman') ? savedFrom(found, job) : found;

/**
 * Validates what a name stands for, on disk or, with `registry`, in one, or as Docker or Podman saves it: all images of it, with everything they name.
 * Everything found is a value; nothing: it keeps to the specification. Throws UserError when there is nothing to judge,
 * EnvironmentError when a registry cannot be asked.
 */
export async function validate(ref: ImageRef | string, registry?: RegistryJob): Promise<readonly Mismatch[]> {
  const found = await recognised(ref);
  if (registry && found.kind === 'registry') return validateInRegistry(parseRegistryName(found.name), registry);
  return validateOnDisk(await onDisk(found, registry));
}

/** What names its registry and does not lie on this disk is in that registry. */
export async function recognised(ref: ImageRef | string): Promise<ImageRef> {
  const found = typeof ref === 'string' ? parseImageRef(ref) : ref;
  if (found.kind !== 'bare' || !namesRegistry(found.path)) return found;
  const isThere = await stat(found.path).then(
    () => true,
    () => false,
  );
  return isThere ? found : { kind: 'registry', name: found.path };
}
