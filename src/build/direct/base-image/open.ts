import { resolve } from 'node:path';
import { EnvironmentError } from '../../../base/index.ts';
import {
  formatName,
  openImage,
  parseImageRef,
  PlatformError,
  parseRegistryName,
  type ImageRef,
  type Platform,
} from '../../../image/index.ts';
import type { Job, LockedBase } from '../../types.ts';
import { factsOf, recallFacts, type BaseFacts } from './facts.ts';

/** A base image as a reference names it, for one platform. */
export interface OpenedBase {
  readonly facts: BaseFacts;
  readonly locked: LockedBase;
  /** image-spec, annotations.md, `org.opencontainers.image.base.name`: fully qualified; absent for what lies on a disk. */
  readonly name?: string;
}

/** What opening a base needs of a build. */
export type OpenJob = Pick<Job, 'store' | 'progress' | 'signal' | 'folder'>;

/**
 * Opens the base that a reference names, by the digest of its lock where there is one; what the store has needs no
 * network then. References are as FROM has them, or `oci:DIR[:TAG]`, `oci-archive:FILE`, `docker-archive:FILE`.
 * Throws PlatformError when it is for another platform, UserError when it is not there or is held by Docker or Podman; EnvironmentError when it
 * cannot be had.
 */
export async function openBase(reference: string, platform: Platform, known: LockedBase | undefined, job: OpenJob): Promise<OpenedBase> {
  const ref = refOf(reference, job.folder);
  const facts = await factsAt(ref, platform, known, job);
  const { os, architecture } = facts.config;
  if (os !== platform.os || architecture !== platform.architecture)
    throw new PlatformError(
      `${reference} is an image for ${os}/${architecture}, not for ${platform.os}/${platform.architecture}`,
      `name one that is, or build with \`--platform ${os}/${architecture}\``,
    );
  const locked: LockedBase = {
    reference,
    platform: `${platform.os}/${platform.architecture}`,
    digest: facts.digest,
    diffIds: facts.layers.map((layer) => layer.diffId),
  };
  return { facts, locked, ...(ref.kind === 'registry' ? { name: nameOf(ref.name) } : {}) };
}

/** What lies on a disk may have been made anew: it is looked at each time. */
async function factsAt(ref: ImageRef, platform: Platform, known: LockedBase | undefined, job: OpenJob): Promise<BaseFacts> {
  if (ref.kind !== 'registry') return factsOf(await openImage(ref, platform), job.store);
  const recalled = known && (await recallFacts(known.digest, job.store));
  if (recalled) return recalled;
  const image = await openImage(pinned(ref.name, known), platform, job).catch((error: unknown) => {
    if (!(error instanceof EnvironmentError)) throw error;
    const hint = `${error.hint}; without a registry, \`--base trixie\` or \`--base bookworm\` builds on Debian’s packages`;
    throw new EnvironmentError(`the base ${ref.name} cannot be had: ${error.message}`, hint, error.kind, { cause: error });
  });
  job.progress({ task: 'base', detail: 'reading its files' });
  return factsOf(image, job.store).finally(() => job.progress({ task: 'base', done: true }));
}

/** On disk, a path is meant as seen from the service's folder. */
function refOf(reference: string, folder: string | undefined): ImageRef {
  const ref = parseImageRef(reference);
  if (ref.kind === 'bare') return { kind: 'registry', name: reference };
  return 'path' in ref ? { ...ref, path: resolve(folder ?? '.', ref.path) } : ref;
}

function pinned(name: string, known: LockedBase | undefined): ImageRef {
  const parsed = parseRegistryName(name);
  return { kind: 'registry', name: formatName(known ? { ...parsed, digest: known.digest } : parsed) };
}

/** The tag names what may be newer one day, the digest stands beside it: only a reference without a tag keeps its digest. */
function nameOf(name: string): string {
  const { digest, ...rest } = parseRegistryName(name);
  return formatName(rest.tag === undefined && digest !== undefined ? { ...rest, digest } : { ...rest, tag: rest.tag ?? 'latest' });
}
