import { createHash } from 'node:crypto';
import { EnvironmentError, errorCode, UserError } from '../base/index.ts';
import type { Digest } from '../base/node.ts';
import { DOCUMENT_LIMIT, readConfig, readManifest, type Reading } from './spec/documents.ts';
import { compressionOf, isConfig } from './spec/media-types.ts';
import { readLayerEntries } from './layer/read.ts';
import type { Descriptor, ImageConfig, ImageCore, Manifest, Platform } from './types.ts';
import { collect, decompressed } from './verified.ts';

/** One thing about an image that is not as it should be. */
export interface Mismatch {
  /** Which part: `index.json manifests[0].size`, `layer 2 (sha256:…)`. */
  readonly where: string;
  readonly what: string;
}

/** Reads blobs for one validation; what was measured is not measured again, however often it is named. */
export interface Bench {
  blob(descriptor: Descriptor): AsyncIterable<Uint8Array>;
  readonly measured: MeasuredLayers;
}

/** What was counted of a layer. */
export interface Measured {
  readonly problems: readonly string[];
  readonly diffId?: Digest;
  /** Bytes of its tar; absent where it could not be read to its end. */
  readonly uncompressed?: number;
}

/** By `layerKey`. */
export type MeasuredLayers = Map<string, Promise<Measured>>;

/** What of a descriptor decides what is counted. */
export const layerKey = ({ digest, size, mediaType }: Descriptor): string => `${digest} ${size} ${mediaType}`;

/**
 * Counts everything about an image again: manifest, config, each layer's digest, size, media type, tar and diff id.
 * Everything found is a value; nothing: it keeps to the specification. Never throws for a bad image. Layers in `measured`
 * are not read again, and those that are read come into it.
 */
export async function validateImage(image: ImageCore, measured: MeasuredLayers = new Map()): Promise<readonly Mismatch[]> {
  const bench: Bench = { blob: (descriptor) => image.blob(descriptor), measured };
  const found: Mismatch[] = [];
  const bytes = await attempt(
    () => image.manifest(),
    (what) => found.push({ where: 'manifest', what }),
  );
  return bytes ? [...found, ...(await manifestMismatches(bench, bytes, 'manifest'))] : found;
}

/** What is wrong with a manifest and all that it names. `platform` is what an index says of it. */
export async function manifestMismatches(bench: Bench, bytes: Uint8Array, where: string, platform?: Platform): Promise<Mismatch[]> {
  const reading = readManifest(bytes);
  const manifest = reading.value;
  if (!manifest) return flawsOf(reading, where);
  const found: Mismatch[] = [];
  const within = where === 'manifest' ? '' : `${where} `;
  const config = await readConfigOf(bench, manifest, (what) => found.push({ where: `${within}config`, what }));
  if (config) found.push(...configMismatches(config, manifest, platform).map((what) => ({ where: `${within}config`, what })));
  for (const [i, layer] of manifest.layers.entries()) {
    const report = (what: string): unknown => found.push({ where: `${within}layer ${i + 1} (${layer.digest})`, what });
    const { problems, diffId } = await measureLayer(bench, layer);
    problems.forEach(report);
    const stated = config?.rootfs.diff_ids[i];
    if (diffId !== undefined && stated !== undefined && diffId !== stated)
      report(`its tar is ${diffId}, the config's diff_ids[${i}] says ${stated}`);
  }
  return found;
}

export const flawsOf = (reading: Reading<unknown>, where: string): Mismatch[] =>
  reading.flaws.map(({ at, what }) => ({ where: at === '' ? where : `${where} ${at}`, what }));

async function readConfigOf(
  bench: Bench,
  { config: descriptor }: Manifest,
  report: (what: string) => unknown,
): Promise<ImageConfig | undefined> {
  if (!isConfig(descriptor.mediaType)) report(`media type \`${descriptor.mediaType}\` is not an image config's`);
  const bytes = await attempt(() => collect(bench.blob(descriptor), DOCUMENT_LIMIT, 'it'), report);
  if (!bytes) return undefined;
  const reading = readConfig(bytes);
  for (const { at, what } of reading.flaws) report(at === '' ? what : `\`${at}\` ${what}`);
  return reading.value;
}

function configMismatches(config: ImageConfig, { layers }: Manifest, platform: Platform | undefined): string[] {
  const found: string[] = [];
  const { diff_ids: diffIds } = config.rootfs;
  if (diffIds.length !== layers.length) found.push(`has ${diffIds.length} diff_ids, the manifest has ${layers.length} layers`);
  const steps = config.history?.filter((step) => step.empty_layer !== true).length;
  if (steps !== undefined && steps !== layers.length)
    found.push(`its history has ${steps} steps with a layer, the manifest has ${layers.length} layers`);
  for (const key of ['os', 'architecture', 'variant'] as const)
    if (platform?.[key] !== undefined && platform[key] !== config[key])
      found.push(`${key} is ${config[key] ?? 'missing'}, the index says ${platform[key]}`);
  return found;
}

/** Twice over the blob: broken content must not hide a wrong digest. */
function measureLayer(bench: Bench, layer: Descriptor): Promise<Measured> {
  const key = layerKey(layer);
  const known = bench.measured.get(key);
  const measuring = known ?? measure(bench, layer);
  bench.measured.set(key, measuring);
  return measuring;
}

async function measure(bench: Bench, layer: Descriptor): Promise<Measured> {
  const problems: string[] = [];
  const report = (what: string): unknown => problems.push(what);
  await attempt(() => drain(bench.blob(layer)), report);
  if (compressionOf(layer.mediaType) === undefined) report(`media type \`${layer.mediaType}\` is no layer's`);
  if (problems.length > 0) return { problems };
  const hash = createHash('sha256');
  let uncompressed = 0;
  const tar = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of decompressed(bench.blob(layer), layer)) {
      hash.update(piece);
      uncompressed += piece.length;
      yield piece;
    }
  };
  const read = await attempt(() => drain(readLayerEntries(tar())), report);
  return read ? { problems, diffId: `sha256:${hash.digest('hex')}`, uncompressed } : { problems };
}

/** Reads to the end, for what is checked on the way. */
export async function drain(values: AsyncIterable<unknown>): Promise<true> {
  for await (const _ of values);
  return true;
}

/** The result, or undefined when the image is at fault, with the reason reported. Bugs pass through. */
export async function attempt<T>(work: () => Promise<T>, report: (what: string) => unknown): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof EnvironmentError) && !(error instanceof UserError) && errorCode(error) === undefined) throw error;
    report((error as Error).message);
    return undefined;
  }
}
