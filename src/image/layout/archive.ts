import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EnvironmentError } from '../../base/index.ts';
import { hexOf } from '../../base/node.ts';
import { jsonBytes } from '../from-layers.ts';
import { BLOCK, encodeHead, endOfTar, paddingOf, type Bytes } from '../tar/index.ts';
import type { Image, ImageConfig } from '../types.ts';
import { onDisk, sweepUnfinished, writeFileWhole, writeWhole, type OpenFile } from './atomic.ts';
import type { Blob } from './blob.ts';
import { blobPath } from './locate.ts';
import { blobsOf, indexBytes, LAYOUT_FILE, layoutContent } from './write.ts';

interface Member {
  readonly path: string;
  readonly sizeBytes: number;
  read(): Bytes;
}

const member = (path: string, bytes: Uint8Array): Member => ({ path, sizeBytes: bytes.length, read: () => [bytes] });
const headOf = (path: string, sizeBytes: number): Uint8Array =>
  encodeHead({ path, type: 'file', mode: 0o644, uid: 0, gid: 0, sizeBytes, mtimeSeconds: 0 });

/** Writes a layout of these images as one tar; the same images give the same bytes. Errors as `writeLayout`. */
export async function writeOciArchive(file: string, images: readonly Image[], tag?: string): Promise<void> {
  const { entry, blobs, referrers } = await layoutContent(images, tag);
  const members = [
    member('oci-layout', LAYOUT_FILE),
    member('index.json', indexBytes([entry, ...referrers.map((it) => it.entry)])),
    ...onceEach([...blobs, ...blobsOf(referrers)]).map(({ descriptor, read }) => ({
      path: blobPath(descriptor),
      sizeBytes: descriptor.size,
      read,
    })),
  ].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  await prepare(file);
  await writeFileWhole(file, archive(members));
}

/** Two attachments may hold the same. */
const onceEach = (blobs: readonly Blob[]): readonly Blob[] => [...new Map(blobs.map((blob) => [blob.descriptor.digest, blob])).values()];

async function* archive(members: readonly Member[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const { path, sizeBytes, read } of members) {
    yield headOf(path, sizeBytes);
    yield* read();
    yield new Uint8Array(paddingOf(sizeBytes));
  }
  yield endOfTar();
}

/**
 * Writes an image as `docker save` does, for `docker load` and `podman load`: layers are plain tars. `repoTag` is
 * `NAME:TAG`; `instead`: a config in place of the image's own. The same image gives the same bytes. Errors as `writeLayout`.
 */
export async function writeDockerArchive(
  file: string,
  image: Pick<Image, 'parsedManifest' | 'layers' | 'blob'>,
  repoTag?: string,
  instead?: ImageConfig,
): Promise<void> {
  const { config } = await image.parsedManifest();
  const layers = await image.layers();
  const configName = `${hexOf(config.digest)}.json`;
  const names = layers.map((layer) => `${hexOf(layer.diffId)}.tar`);
  const manifest = jsonBytes([{ Config: configName, RepoTags: repoTag === undefined ? [] : [repoTag], Layers: names }]);
  await prepare(file);
  await writeWhole(file, async (out) => {
    let at = await append(out, 0, member('manifest.json', manifest));
    at = await append(out, at, { path: configName, read: () => (instead ? [jsonBytes(instead)] : image.blob(config)) });
    // Two equal layers are one file.
    for (const [i, layer] of layers.entries())
      if (names.indexOf(names[i]!) === i) at = await append(out, at, { path: names[i]!, read: () => layer.tar() });
    await writeAt(out, endOfTar(), at);
  });
}

async function prepare(file: string): Promise<void> {
  await onDisk(file, () => mkdir(dirname(file), { recursive: true }));
  await sweepUnfinished(dirname(file));
}

/** Writes content first and its header after it: the size of a layer's tar is known only when it has been unpacked. */
async function append(out: OpenFile, at: number, { path, read }: Pick<Member, 'path' | 'read'>): Promise<number> {
  let end = at + BLOCK;
  for await (const piece of read()) end = await writeAt(out, piece, end);
  const sizeBytes = end - at - BLOCK;
  const head = headOf(path, sizeBytes);
  if (head.length !== BLOCK)
    throw new EnvironmentError(`a layer of ${sizeBytes} bytes does not fit a Docker archive (8 GiB)`, 'write `oci-archive:FILE` instead');
  await writeAt(out, head, at);
  return writeAt(out, new Uint8Array(paddingOf(sizeBytes)), end);
}

/** Returns the position after the bytes. */
async function writeAt(out: OpenFile, bytes: Uint8Array, at: number): Promise<number> {
  for (let done = 0; done < bytes.length;) done += (await out.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  return at + bytes.length;
}
