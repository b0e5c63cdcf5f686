import { DOCUMENT_LIMIT, readConfig, readManifest } from '../spec/documents.ts';
import { compressionOf, isConfig, isDockerType } from '../spec/media-types.ts';
import type { Descriptor, ImageConfig, ImageCore, Manifest } from '../types.ts';
import { collect } from '../verified.ts';
import { checkAnnotations } from './annotations.ts';
import { attempt, drain, type Bench, type MeasuredLayers } from './bench.ts';
import { checkConfig } from './config.ts';
import { checkDescriptor, EMPTY_TYPE } from './descriptor.ts';
import { reporter, SECTION, tellFlaws, type Mismatch, type Report } from './finding.ts';
import { doubledKeys } from './json-keys.ts';
import { measureLayer } from './layer.ts';
import { comparePlatforms } from './platform.ts';

/**
 * Counts everything about an image again: manifest, config, each layer's digest, size, media type, tar and diff id.
 * Everything found is a value; nothing: it keeps to the specification. Never throws for a bad image. Layers in `measured`
 * are not read again, and those that are read come into it.
 */
export async function validateImage(image: ImageCore, measured: MeasuredLayers = new Map()): Promise<readonly Mismatch[]> {
  const bench: Bench = { blob: (descriptor) => image.blob(descriptor), measured };
  const found: Mismatch[] = [];
  const bytes = await attempt(() => image.manifest(), reporter(found, 'manifest', SECTION.verification));
  return bytes ? [...found, ...(await manifestMismatches(bench, bytes, 'manifest'))] : found;
}

/** What is wrong with a manifest and all that it names. `named`: what an index says of it. */
export async function manifestMismatches(bench: Bench, bytes: Uint8Array, where: string, named?: Descriptor): Promise<Mismatch[]> {
  const found: Mismatch[] = [];
  const report = reporter(found, where, SECTION.manifest, named?.digest);
  const reading = readManifest(bytes);
  const manifest = reading.value;
  tellFlaws(reading, report);
  if (!manifest) return found;
  checkManifest(manifest, bytes, named, report);
  const within = where === 'manifest' ? '' : `${where} `;
  const inBlob = (name: string, blob: Descriptor): Report => reporter(found, `${within}${name}`, SECTION.config, blob.digest);
  if (isArtifact(manifest)) return [...found, ...(await blobMismatches(bench, manifest, within))];
  const config = await readConfigOf(bench, manifest, inBlob('config', manifest.config));
  if (config) {
    checkConfig(config, manifest, inBlob('config', manifest.config));
    if (named?.platform) comparePlatforms(config, named.platform, inBlob('config', manifest.config));
  }
  for (const [i, layer] of manifest.layers.entries()) {
    const tell = inBlob(`layer ${i + 1} (${layer.digest})`, layer);
    const { problems, findings, diffId } = await measureLayer(bench, layer);
    const all = findings ?? problems.map((what) => ({ severity: 'error' as const, what, section: SECTION.layer }));
    for (const { severity, what, section } of all) tell(what, { severity, section });
    const stated = config?.rootfs.diff_ids[i];
    if (diffId !== undefined && stated !== undefined && diffId !== stated)
      tell(`its tar is ${diffId}, the config's diff_ids[${i}] says ${stated}`, { section: SECTION.config });
  }
  return found;
}

/**
 * Whether a manifest holds something else than an image: it says so by `artifactType`, or none of its media types is one
 * of images, as Helm's charts have it.
 */
function isArtifact({ config, layers, artifactType }: Manifest): boolean {
  if (isConfig(config.mediaType)) return false;
  return (
    artifactType !== undefined || config.mediaType === EMPTY_TYPE || layers.every(({ mediaType }) => compressionOf(mediaType) === undefined)
  );
}

/** What is wrong with a manifest by itself, beside its shape. */
export function checkManifest(manifest: Manifest, bytes: Uint8Array, named: Descriptor | undefined, report: Report): void {
  const { config, layers, subject, annotations, artifactType } = manifest;
  for (const path of doubledKeys(Buffer.from(bytes).toString('utf8')))
    report('is there twice: readers differ in which they take', { path });
  if ('manifests' in manifest)
    report('has `manifests` beside `layers`: it is an image to some and an index to others', {
      path: 'manifests',
      section: SECTION.conflicts,
    });
  checkType(manifest.mediaType, named, report);
  checkAnnotations(annotations, 'annotations', report);
  checkDescriptor(config, 'config', report);
  layers.forEach((layer, i) => checkDescriptor(layer, `layers[${i}]`, report));
  if (subject) checkDescriptor(subject, 'subject', report);
  checkFamilies(manifest, report);
  if (layers.length === 0) report('has no layer: for portability there should be one', { path: 'layers', severity: 'note' });
  if (config.mediaType === EMPTY_TYPE && artifactType === undefined)
    report('must be there where the config is empty', { path: 'artifactType', section: SECTION.artifact });
  const stated = named?.artifactType;
  const own = artifactType ?? config.mediaType;
  if (stated !== undefined && stated !== own)
    report(`is ${own}, what names it says ${stated}`, { path: 'artifactType', section: SECTION.descriptor });
}

/** A document is what its descriptor says: what each reader takes it for must not differ (CVE-2021-41190). */
export function checkType(own: string | undefined, named: Descriptor | undefined, report: Report): void {
  if (own !== undefined && named !== undefined && own !== named.mediaType)
    report(`is \`${own}\`, its descriptor says \`${named.mediaType}\``, { path: 'mediaType', section: SECTION.conflicts });
}

/** Docker's and OCI's names of the same things in one manifest: readers take it, and some refuse it. */
function checkFamilies({ mediaType, config, layers }: Manifest, report: Report): void {
  const all = [config, ...layers].map((each) => each.mediaType);
  const isDocker = mediaType === undefined ? all.some(isDockerType) : isDockerType(mediaType);
  const mixed = all.findIndex((each) => each.startsWith('application/vnd.oci.image.') === isDocker && isDockerType(each) !== isDocker);
  if (mixed < 0) return;
  const path = mixed === 0 ? 'config.mediaType' : `layers[${mixed - 1}].mediaType`;
  report('media types of Docker and of OCI are mixed', { path, severity: 'note', section: SECTION.compatibility });
}

async function readConfigOf(bench: Bench, { config: descriptor }: Manifest, report: Report): Promise<ImageConfig | undefined> {
  if (!isConfig(descriptor.mediaType))
    report(`media type \`${descriptor.mediaType}\` is not an image config's`, { section: SECTION.manifest });
  const bytes = await attempt(
    () => collect(bench.blob(descriptor), DOCUMENT_LIMIT, 'it'),
    (what) => report(what, { section: SECTION.verification }),
  );
  if (!bytes) return undefined;
  const reading = readConfig(bytes);
  tellFlaws(reading, report);
  if (reading.value)
    for (const path of doubledKeys(Buffer.from(bytes).toString('utf8')))
      report('is there twice: readers differ in which they take', { path });
  return reading.value;
}

/** What is wrong with blobs whose content says nothing here: they are there, and as their descriptors say. */
export async function blobMismatches(bench: Bench, { config, layers }: Manifest, within: string): Promise<Mismatch[]> {
  const found: Mismatch[] = [];
  for (const [name, blob] of [['config', config] as const, ...layers.map((each, i) => [`layer ${i + 1}`, each] as const)])
    await attempt(() => drain(bench.blob(blob)), reporter(found, `${within}${name}`, SECTION.verification, blob.digest));
  return found;
}
