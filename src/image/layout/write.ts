import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../base/index.ts';
import { withLock, type Digest } from '../../base/node.ts';
import { jsonBytes } from '../from-layers.ts';
import { DOCUMENT_LIMIT, readIndex, readManifest, sound } from '../spec/documents.ts';
import { isIndex, isManifest, MEDIA } from '../spec/media-types.ts';
import type { Descriptor, Image } from '../types.ts';
import { collect } from '../verified.ts';
import { onDisk, sweepUnfinished, writeFileWhole } from './atomic.ts';
import { isReferrer, type Referrer } from '../referrer.ts';
import { inMemory, type Blob } from './blob.ts';
import { blobPath, REF_NAME } from './locate.ts';

/** image-spec, image-layout.md, "oci-layout file". */
export const LAYOUT_FILE = Buffer.from('{"imageLayoutVersion":"1.0.0"}');

/** What a layout of these images holds: the entry for index.json, and all blobs, each once. */
export interface LayoutContent {
  readonly entry: Descriptor;
  readonly blobs: readonly Blob[];
  /** What is attached to these images; in index.json beside them. */
  readonly referrers: readonly Referrer[];
}

/** One image as a manifest; several (one for each platform), and one with attestations, as an image index: image-spec, image-index.md. */
export async function layoutContent(images: readonly Image[], tag: string | undefined): Promise<LayoutContent> {
  const blobs = new Map<string, Blob>();
  const add = (blob: Blob): Descriptor => {
    if (!blobs.has(blob.descriptor.digest)) blobs.set(blob.descriptor.digest, blob);
    return blob.descriptor;
  };
  const manifests: Descriptor[] = [];
  const attestations: Descriptor[] = [];
  const referrers: Referrer[] = [];
  for (const image of images) {
    const copied = (descriptor: Descriptor): Descriptor => add({ descriptor, read: () => image.blob(descriptor) });
    const { config, layers } = await image.parsedManifest();
    [...layers, config].forEach(copied);
    const { os, architecture, variant } = await image.config();
    const bytes = await image.manifest();
    const mediaType = (await image.parsedManifest()).mediaType ?? MEDIA.manifest;
    const platform = { os, architecture, ...(variant === undefined ? {} : { variant }) };
    manifests.push({ ...add(inMemory(mediaType, bytes)), platform });
    for (const attestation of image.attestations) {
      const below = sound(readManifest(await collect(image.blob(attestation), DOCUMENT_LIMIT, 'an attestation')), 'an attestation');
      [...below.layers, below.config].forEach(copied);
      attestations.push(copied(attestation));
    }
    referrers.push(...(await image.attached()));
  }
  manifests.push(...attestations);
  const [only] = manifests;
  const entry =
    only && manifests.length === 1 ? only : add(inMemory(MEDIA.index, jsonBytes({ schemaVersion: 2, mediaType: MEDIA.index, manifests })));
  return { entry: tag === undefined ? entry : { ...entry, annotations: { [REF_NAME]: tag } }, blobs: [...blobs.values()], referrers };
}

export const indexBytes = (manifests: readonly Descriptor[]): Uint8Array =>
  jsonBytes({ schemaVersion: 2, mediaType: MEDIA.index, manifests });

/**
 * Writes images, one for each platform, into an OCI layout under one tag. An image that had the tag before goes, with
 * the blobs that no other image there needs; images under other tags stay. Each file is written under a temporary name,
 * synced and renamed, index.json last, so that a reader or a kill at any moment finds the old image or the new one.
 * Returns the descriptor in index.json. Throws EnvironmentError when the folder cannot be written.
 */
export async function writeLayout(folder: string, images: readonly Image[], tag?: string): Promise<Descriptor> {
  const { entry, blobs, referrers } = await layoutContent(images, tag);
  await onDisk(folder, () => mkdir(join(folder, 'blobs', 'sha256'), { recursive: true }));
  await withLock(join(folder, '.plimsoll.lock'), async () => {
    for (const path of [folder, join(folder, 'blobs', 'sha256')]) await sweepUnfinished(path);
    const old = await imagesThere(folder);
    const images = old.filter((descriptor) => !isReferrer(descriptor) && descriptor.annotations?.[REF_NAME] !== tag);
    const paths = [...(await reached(folder, images)), ...blobs.map(({ descriptor }) => blobPath(descriptor))];
    const attached = await attachedTo(folder, old, paths, referrers);
    const now = [...images, entry, ...attached, ...referrers.map((it) => it.entry)];
    for (const { descriptor, read } of [...blobs, ...blobsOf(referrers)]) {
      const path = join(folder, blobPath(descriptor));
      if ((await stat(path).catch(() => undefined))?.size !== descriptor.size) await writeFileWhole(path, read());
    }
    await writeChanged(join(folder, 'oci-layout'), LAYOUT_FILE);
    await writeChanged(join(folder, 'index.json'), indexBytes(now));
    await removeUnused(
      folder,
      old.filter((descriptor) => !now.includes(descriptor)),
      now,
    );
  });
  return entry;
}

/** All that attachments consist of. */
export const blobsOf = (referrers: readonly Referrer[]): readonly Blob[] =>
  referrers.flatMap(({ manifest, blobs }) => [manifest, ...blobs]);

/** Of the attachments that are listed those that stay: their image stays, and nothing of their kind replaces them. */
async function attachedTo(
  folder: string,
  listed: readonly Descriptor[],
  paths: readonly string[],
  fresh: readonly Referrer[],
): Promise<readonly Descriptor[]> {
  const there = new Set(paths);
  const replaced = (subject: Digest, entry: Descriptor): boolean =>
    fresh.some((it) => it.subject === subject && it.entry.artifactType === entry.artifactType);
  const found: Descriptor[] = [];
  for (const entry of listed.filter(isReferrer)) {
    const bytes = await readFile(join(folder, blobPath(entry))).catch(() => Buffer.alloc(0));
    const subject = readManifest(bytes).value?.subject;
    if (subject && there.has(blobPath(subject)) && !replaced(subject.digest, entry)) found.push(entry);
  }
  return found;
}

/** Spares the disk where nothing changed. */
async function writeChanged(path: string, bytes: Uint8Array): Promise<void> {
  const before = await readFile(path).catch(() => undefined);
  if (!before?.equals(bytes)) await writeFileWhole(path, [bytes]);
}

/** Throws EnvironmentError for an index.json that cannot be read: it may name images that are not ours to drop. */
async function imagesThere(folder: string): Promise<readonly Descriptor[]> {
  const path = join(folder, 'index.json');
  const bytes = await readFile(path).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
  });
  return bytes ? sound(readIndex(bytes), path).manifests : [];
}

/** Removes blobs that only the `gone` images had. Anything else in the folder is not ours. */
async function removeUnused(folder: string, gone: readonly Descriptor[], kept: readonly Descriptor[]): Promise<void> {
  const needed = await reached(folder, kept);
  for (const path of await reached(folder, gone)) if (!needed.has(path)) await rm(join(folder, path), { force: true });
}

async function reached(folder: string, roots: readonly Descriptor[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (const todo = [...roots]; todo.length > 0;) {
    const descriptor = todo.pop()!;
    if (found.has(blobPath(descriptor))) continue;
    found.add(blobPath(descriptor));
    todo.push(...(await below(folder, descriptor)));
  }
  return found;
}

async function below(folder: string, descriptor: Descriptor): Promise<readonly Descriptor[]> {
  if (!isIndex(descriptor.mediaType) && !isManifest(descriptor.mediaType)) return [];
  const bytes = await readFile(join(folder, blobPath(descriptor))).catch(() => Buffer.alloc(0));
  if (isIndex(descriptor.mediaType)) return readIndex(bytes).value?.manifests ?? [];
  const manifest = readManifest(bytes).value;
  return manifest ? [manifest.config, ...manifest.layers] : [];
}
