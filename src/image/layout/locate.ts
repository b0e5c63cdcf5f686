import { stat } from 'node:fs/promises';
import { EnvironmentError, errorCode, UserError } from '../../base/index.ts';
import type { ImageRef } from '../ref.ts';
import type { Descriptor } from '../types.ts';
import { verified } from '../verified.ts';
import { folderFiles, missing, type LayoutFiles } from './files.ts';

/** image-spec, annotations.md: the tag of an image in a layout. */
export const REF_NAME = 'org.opencontainers.image.ref.name';

/** The path of a blob in a layout: image-spec, image-layout.md. */
export const blobPath = (descriptor: Pick<Descriptor, 'digest'>): string => `blobs/${descriptor.digest.replace(':', '/')}`;

/** A blob of a layout, checked. Throws EnvironmentError when it is not there or not what the descriptor says. */
export async function* blobOf(files: LayoutFiles, descriptor: Descriptor): AsyncGenerator<Uint8Array, void, undefined> {
  const found = await files.find(blobPath(descriptor));
  if (!found) throw missing(files, blobPath(descriptor));
  if (found.sizeBytes !== descriptor.size)
    throw new EnvironmentError(
      `${files.name}: blob ${descriptor.digest} has ${found.sizeBytes} bytes instead of ${descriptor.size}`,
      'the image is damaged: make it or fetch it again',
    );
  yield* verified(found.read(), descriptor);
}

/** What a reference means on this disk. `bare`: a tar that may be either kind of archive. */
export interface Located {
  readonly kind: 'oci' | 'oci-archive' | 'docker-archive' | 'bare';
  readonly path: string;
  readonly tag?: string;
}

/** Looks what is where the reference says. Throws UserError when it is nothing, or held by something else than the disk. */
export async function located(ref: ImageRef): Promise<Located> {
  if ('name' in ref) throw elsewhere(ref.kind, ref.name);
  const status = await stat(ref.path).catch((error: unknown) => {
    const hint =
      ref.kind === 'bare'
        ? 'name a path, `oci:DIR[:TAG]`, `oci-archive:FILE`, `docker-archive:FILE`, or `registry/name:tag` (`docker://NAME` where the registry is Docker’s own)'
        : 'check the path; `plimsoll build` writes an image';
    throw new UserError(`no image at \`${ref.path}\` (${errorCode(error) ?? 'unknown'})`, hint);
  });
  if (status.isDirectory()) {
    const files = folderFiles(ref.path);
    const layout = (await files.find('oci-layout')) ?? (await files.find('index.json'));
    if (layout && (ref.kind === 'bare' || ref.kind === 'oci')) return { ...ref, kind: 'oci' };
    throw new UserError(
      `\`${ref.path}\` is a folder without an OCI layout in it`,
      'name a folder that holds `oci-layout` and `index.json`',
    );
  }
  if (!status.isFile()) throw new UserError(`\`${ref.path}\` is no file`, 'name a layout folder or an archive');
  if (ref.kind === 'oci') throw new UserError(`\`${ref.path}\` is a file, no layout folder`, `say \`oci-archive:${ref.path}\``);
  return ref;
}

function elsewhere(kind: 'docker' | 'podman' | 'registry', name: string): UserError {
  const [where, copy] =
    kind === 'registry'
      ? ['lies in a registry', `\`skopeo copy docker://${name} oci:DIR\`, then \`oci:DIR\``]
      : [`is held by ${kind}`, `\`${kind} save -o FILE ${name}\`, then \`docker-archive:FILE\``];
  return new UserError(`an image on disk is wanted here, and \`${name}\` ${where}`, copy);
}
