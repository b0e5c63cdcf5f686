import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { EnvironmentError } from '../../base/index.ts';
import { sha256, type Digest } from '../../base/node.ts';
import { jsonBytes } from '../from-layers.ts';
import { chooseSaved, parseSaved, savedManifest } from '../layout/saved.ts';
import { DOCUMENT_LIMIT, readConfig, sound } from '../spec/documents.ts';
import { MEDIA } from '../spec/media-types.ts';
import { readTar, type Bytes } from '../tar/index.ts';
import type { Descriptor, ImageConfig } from '../types.ts';
import { collect, decompressed } from '../verified.ts';
import type { WantsText } from './contents.ts';
import { scanPassing, type ScannedLayer } from './scan.ts';

/** What is known of an image besides the contents of its layers. */
export interface ScannedImage {
  readonly digest: string;
  readonly config: ImageConfig;
  readonly layers: readonly { readonly digest: string; readonly compressed: number; readonly createdBy?: string }[];
  /** Lowest first. */
  readonly scanned: readonly ScannedLayer[];
}

interface PassedLayer {
  readonly scanned: ScannedLayer;
  readonly descriptor: Descriptor;
  readonly diffId: Digest;
}

/**
 * Looks through an image as `docker save` sends it, of which nothing is written down: each layer while it passes, in
 * whatever order they come; manifest.json, which says their order, is often the last. Layers are checked against the config.
 * Throws EnvironmentError where it is broken.
 */
export async function scanSaved(bytes: Bytes, name: string, wantsText: WantsText): Promise<ScannedImage> {
  const documents = new Map<string, Uint8Array>();
  const layers = new Map<string, PassedLayer>();
  const links = new Map<string, string>();
  for await (const { path: said, type, target = '', sizeBytes, content } of readTar(bytes, name)) {
    const path = posix.normalize(said);
    // Old versions of docker save share layers by links: `../ID/layer.tar`.
    if (type === 'symlink') links.set(path, posix.join(path, '..', target));
    if (type === 'hardlink') links.set(path, posix.normalize(target));
    if (type !== 'file') continue;
    const pieces = content()[Symbol.asyncIterator]();
    const head = await firstOf(pieces);
    const whole = restOf(head, pieces);
    if (head[0] === OPENING || head[0] === LIST) {
      if (sizeBytes <= DOCUMENT_LIMIT) documents.set(path, await collect(whole, DOCUMENT_LIMIT, `${name}: ${path}`));
    } else if (isLayer(path, head)) layers.set(path, await passed(whole, isGzip(head), sizeBytes, `${name}: ${path}`, wantsText));
  }
  const at = <T>(found: ReadonlyMap<string, T>, path: string): T => {
    const plain = posix.normalize(path);
    return found.get(plain) ?? found.get(links.get(plain) ?? '') ?? lacks(name, path);
  };
  const saved = chooseSaved(parseSaved(at(documents, 'manifest.json'), name), undefined, name);
  const configBytes = at(documents, saved.Config);
  const config = sound(readConfig(configBytes), `${name}: ${saved.Config}`);
  return assembled(
    saved.Layers.map((path) => at(layers, path)),
    config,
    configBytes,
    name,
  );
}

/** `{` and `[`: a tar begins with the name of a file, and of those none in an image's layer has one of these first. */
const [OPENING, LIST] = [0x7b, 0x5b];

const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** Layers are tars, plain or compressed, `ID/layer.tar` or a blob by its digest. Files such as `VERSION` are none. */
const isLayer = (path: string, head: Uint8Array): boolean => isGzip(head) || /\.tar$/.test(path) || /(?:^|\/)[0-9a-f]{64}$/.test(path);

async function passed(
  bytes: AsyncIterable<Uint8Array>,
  isCompressed: boolean,
  size: number,
  name: string,
  wantsText: WantsText,
): Promise<PassedLayer> {
  const [stored, plain] = [createHash('sha256'), createHash('sha256')];
  // Its digest is known when it has passed.
  const passing = { mediaType: MEDIA.layerGzip, digest: name, size };
  const tar = hashing(isCompressed ? decompressed(hashing(bytes, stored), passing) : bytes, plain);
  const scanned = await scanPassing(tar, name, wantsText, 'contents');
  const diffId: Digest = `sha256:${plain.digest('hex')}`;
  return {
    scanned,
    diffId,
    descriptor: isCompressed
      ? { mediaType: MEDIA.layerGzip, digest: `sha256:${stored.digest('hex')}`, size }
      : { mediaType: MEDIA.layer, digest: diffId, size },
  };
}

async function* hashing(
  bytes: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of bytes) {
    hash.update(piece);
    yield piece;
  }
}

async function firstOf(pieces: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  const first = await pieces.next();
  return first.done === true ? new Uint8Array() : first.value;
}

async function* restOf(head: Uint8Array, pieces: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  yield head;
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
}

function assembled(layers: readonly PassedLayer[], config: ImageConfig, configBytes: Uint8Array, name: string): ScannedImage {
  const diffIds = config.rootfs.diff_ids;
  if (layers.length !== diffIds.length || layers.some(({ diffId }, i) => diffId !== diffIds[i]))
    throw new EnvironmentError(`${name}: its layers are not those that its config names`, 'make the image again, or pull it again');
  const history = (config.history ?? []).filter((step) => step.empty_layer !== true);
  return {
    digest: sha256(
      jsonBytes(
        savedManifest(
          configBytes,
          layers.map(({ descriptor }) => descriptor),
        ),
      ),
    ),
    config,
    layers: layers.map(({ descriptor: { digest, size } }, i) => {
      const createdBy = history.length === layers.length ? history[i]?.created_by : undefined;
      return { digest, compressed: size, ...(createdBy === undefined ? {} : { createdBy }) };
    }),
    scanned: layers.map(({ scanned }) => scanned),
  };
}

function lacks(name: string, path: string): never {
  throw new EnvironmentError(`${name} lacks \`${path}\``, 'save it again, or pull the image again');
}
