import { shape } from '../../base/index.ts';
import { attestationMismatches, isAttestation } from '../attestations.ts';
import type { ImageRef } from '../ref.ts';
import { isReferrer } from '../referrer.ts';
import { DOCUMENT_LIMIT, readIndex } from '../spec/documents.ts';
import { isIndex, isManifest } from '../spec/media-types.ts';
import type { Descriptor } from '../types.ts';
import { attempt, flawsOf, manifestMismatches, validateImage, type Bench, type Mismatch } from '../validate.ts';
import { collect } from '../verified.ts';
import { INDEX_DEPTH, INDEX_ENTRIES } from '../platform.ts';
import { blobOf, located } from './locate.ts';
import { openDockerArchive } from './docker-open.ts';
import { folderFiles, readSmall, tarFiles, type LayoutFiles } from './files.ts';

/** Validates what lies at a path: a layout or an OCI archive with all its images, or a Docker archive. */
export async function validateOnDisk(ref: ImageRef): Promise<readonly Mismatch[]> {
  const { kind, path, tag } = await located(ref);
  const found: Mismatch[] = [];
  const report = (what: string): unknown => found.push({ where: path, what });
  const files = kind === 'oci' ? folderFiles(path) : await attempt(() => tarFiles(path), report);
  if (!files) return found;
  if (kind === 'docker-archive' || (kind === 'bare' && !(await files.find('oci-layout')))) {
    const image = await attempt(() => openDockerArchive(files, tag), report);
    return image ? validateImage(image) : found;
  }
  return validateLayout(files);
}

/** Counts the images named so far: an index may name the same index again and again. */
export type IndexBench = Bench & { named: number };

/** Of a layout: its version, index.json, and every image that it names. */
async function validateLayout(files: LayoutFiles): Promise<Mismatch[]> {
  const bench: IndexBench = { blob: (descriptor) => blobOf(files, descriptor), measured: new Map(), named: 0 };
  return [
    ...(await versionMismatches(files)),
    ...(await indexMismatches(bench, 'index.json', () => readSmall(files, 'index.json', DOCUMENT_LIMIT), 0)),
  ];
}

async function versionMismatches(files: LayoutFiles): Promise<Mismatch[]> {
  const found: Mismatch[] = [];
  const bytes = await attempt(
    () => readSmall(files, 'oci-layout', DOCUMENT_LIMIT),
    (what) => found.push({ where: 'oci-layout', what }),
  );
  if (!bytes) return found;
  // image-spec, image-layout.md, "oci-layout file".
  const marker = shape.object({ imageLayoutVersion: shape.exactly('1.0.0') });
  try {
    return marker(JSON.parse(Buffer.from(bytes).toString('utf8')), '').map(({ at, what }) => ({ where: `oci-layout ${at}`.trim(), what }));
  } catch {
    return [{ where: 'oci-layout', what: 'is no JSON' }];
  }
}

async function indexMismatches(bench: IndexBench, where: string, read: () => Promise<Uint8Array>, depth: number): Promise<Mismatch[]> {
  const found: Mismatch[] = [];
  const bytes = await attempt(read, (what) => found.push({ where, what }));
  if (!bytes) return found;
  const reading = readIndex(bytes);
  found.push(...flawsOf(reading, where));
  const seen = new Set<string>();
  for (const [i, descriptor] of (reading.value?.manifests ?? []).entries()) {
    // One image under several tags is judged once.
    const key = JSON.stringify([descriptor.digest, descriptor.size, descriptor.mediaType, descriptor.platform]);
    if (!seen.has(key)) found.push(...(await namedMismatches(bench, descriptor, `${where} manifests[${i}]`, depth)));
    seen.add(key);
  }
  return found;
}

/** Of an image or an index that an index names. */
export async function namedMismatches(bench: IndexBench, descriptor: Descriptor, where: string, depth: number): Promise<Mismatch[]> {
  bench.named += 1;
  if (bench.named > INDEX_ENTRIES)
    return bench.named === INDEX_ENTRIES + 1 ? [{ where, what: `more than ${INDEX_ENTRIES} images are named; the rest was not read` }] : [];
  const read = (): Promise<Uint8Array> => collect(bench.blob(descriptor), DOCUMENT_LIMIT, `blob ${descriptor.digest}`);
  if (isIndex(descriptor.mediaType))
    return depth < INDEX_DEPTH ? indexMismatches(bench, where, read, depth + 1) : [{ where, what: 'is an index inside too many indexes' }];
  const found: Mismatch[] = [];
  const bytes = await attempt(read, (what) => found.push({ where, what }));
  if (!isManifest(descriptor.mediaType)) found.push({ where, what: `media type \`${descriptor.mediaType}\` is no image's` });
  else if (bytes && (isAttestation(descriptor) || isReferrer(descriptor)))
    found.push(...(await attestationMismatches(bench, bytes, where)));
  else if (bytes) found.push(...(await manifestMismatches(bench, bytes, where, descriptor.platform)));
  return found;
}
