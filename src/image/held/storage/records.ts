import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, shape, type Shape } from '../../../base/index.ts';
import { isDigest, sha256, type Digest } from '../../../base/node.ts';
import { DOCUMENT_LIMIT, readConfig, readManifest, sound } from '../../spec/documents.ts';
import { brokenStorage } from './broken.ts';
import { imageNamed } from './names.ts';
import type { Storage } from './where.ts';

/** An image of Podman's, as its storage has it. */
export interface StoredImage {
  readonly config: Uint8Array;
  /** Lowest first. */
  readonly layers: readonly StoredLayer[];
}

export interface StoredLayer {
  readonly diffId: Digest;
  /** Bytes of its tar. */
  readonly sizeBytes: number;
  /** What its tar has besides contents. */
  readonly tarSplit: string;
  /** Its contents. */
  readonly folder: string;
}

/** Bytes: a thousand images take 3 MB. */
const RECORDS_LIMIT = 256 * 1024 * 1024;

const { listOf, matching, object, text, whole } = shape;
const id = matching((it) => /^[0-9a-f]{64}$/.test(it), '64 lower-case hexadecimal digits');
const imagesShape = listOf(object({ id }, { layer: id, names: listOf(text) }));
const layersShape = listOf(object({ id }, { parent: text, 'diff-digest': matching(isDigest, 'a digest'), 'diff-size': whole }));

/** containers/storage, images.go, `Image`. */
export interface ImageRecord {
  readonly id: string;
  readonly names?: readonly string[] | null;
  readonly layer?: string | null;
}

/** containers/storage, layers.go, `Layer`. */
interface LayerRecord {
  readonly id: string;
  readonly parent?: string | null;
  readonly 'diff-digest'?: Digest | null;
  readonly 'diff-size'?: number | null;
}

/**
 * The image that `name` stands for; undefined where none or several could be meant. No lock is taken: Podman replaces
 * these files as a whole. Throws EnvironmentError where what it says does not hold together.
 */
export async function storedImage({ graphRoot, driver }: Storage, name: string): Promise<StoredImage | undefined> {
  const images = join(graphRoot, `${driver}-images`);
  const image = imageNamed((await recordsIn(join(images, 'images.json'), imagesShape)) as readonly ImageRecord[], name);
  if (!image) return undefined;
  const data = (key: string): Promise<Uint8Array> => bytesOf(join(images, image.id, fileNameOf(key)), DOCUMENT_LIMIT);
  const at = join(images, image.id);
  const manifest = sound(readManifest(await data('manifest')), `${at}/manifest`);
  const config = await data(manifest.config.digest);
  if (sha256(config) !== manifest.config.digest) throw brokenStorage(at, `its config is not ${manifest.config.digest}`);
  const diffIds = sound(readConfig(config), `${at}, the config`).rootfs.diff_ids;
  const layersFile = join(graphRoot, `${driver}-layers/layers.json`);
  const chain = chainOf((await recordsIn(layersFile, layersShape)) as readonly LayerRecord[], image.layer ?? undefined, layersFile);
  if (chain.length !== diffIds.length)
    throw brokenStorage(layersFile, `${chain.length} layers of ${image.id}, its config has ${diffIds.length}`);
  const layers = chain.map((layer, i): StoredLayer => {
    const diffId = diffIds[i]!;
    if (layer['diff-digest'] !== diffId || typeof layer['diff-size'] !== 'number')
      throw brokenStorage(layersFile, `layer ${layer.id} is not known as ${diffId}`);
    return {
      diffId,
      sizeBytes: layer['diff-size'],
      tarSplit: join(graphRoot, `${driver}-layers`, `${layer.id}.tar-split.gz`),
      folder: driver === 'vfs' ? join(graphRoot, 'vfs/dir', layer.id) : join(graphRoot, 'overlay', layer.id, 'diff'),
    };
  });
  return { config, layers };
}

function chainOf(layers: readonly LayerRecord[], top: string | undefined, file: string): readonly LayerRecord[] {
  const byId = new Map(layers.map((layer) => [layer.id, layer]));
  const chain: LayerRecord[] = [];
  for (let next = top; next; next = chain[0]?.parent ?? undefined) {
    const layer = byId.get(next);
    if (!layer) throw brokenStorage(file, `it has no layer ${next}`);
    // Each is there once: more is a loop.
    if (chain.length >= layers.length) throw brokenStorage(file, `layer ${next} is below itself`);
    chain.unshift(layer);
  }
  return chain;
}

async function recordsIn(file: string, wanted: Shape): Promise<unknown> {
  const bytes = await bytesOf(file, RECORDS_LIMIT);
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw brokenStorage(file, 'it is no JSON: was it cut off?');
  }
  const [flaw] = wanted(value, '');
  if (flaw) throw brokenStorage(file, `${flaw.at} ${flaw.what}`);
  return value;
}

async function bytesOf(file: string, limit: number): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > limit) throw brokenStorage(file, `it is larger than ${limit} bytes`);
    return await readFile(file);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw brokenStorage(file, `it cannot be read (${errorCode(error)})`);
  }
}

/** containers/storage, lockfile-free names of big data: `makeBigDataBaseName`. */
const fileNameOf = (key: string): string => (/^[A-Za-z0-9._-]+$/.test(key) ? key : `=${Buffer.from(key).toString('base64')}`);
