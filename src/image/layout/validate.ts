import { createHash } from 'node:crypto';
import { shape } from '../../base/index.ts';
import type { ImageRef } from '../ref.ts';
import { DOCUMENT_LIMIT } from '../spec/documents.ts';
import {
  attempt,
  danglingSubjects,
  errorsAmong,
  indexMismatches,
  reporter,
  SECTION,
  validateImage,
  type IndexBench,
  type Mismatch,
} from '../validate/index.ts';
import { blobOf, blobPath, located } from './locate.ts';
import { openDockerArchive } from './docker-open.ts';
import { folderFiles, readSmall, tarFiles, type LayoutFiles } from './files.ts';

/** Validates what lies at a path: a layout or an OCI archive with all its images, or a Docker archive. */
export async function validateOnDisk(ref: ImageRef): Promise<readonly Mismatch[]> {
  const { kind, path, tag } = await located(ref);
  const found: Mismatch[] = [];
  const files = kind === 'oci' ? folderFiles(path) : await attempt(() => tarFiles(path), reporter(found, path, SECTION.layer));
  if (!files) return found;
  if (kind === 'docker-archive' || (kind === 'bare' && !(await files.find('oci-layout')))) {
    const image = await attempt(() => openDockerArchive(files, tag), reporter(found, path, SECTION.archive));
    return image ? validateImage(image) : found;
  }
  return validateLayout(files);
}

/** Of a layout: its version, index.json, every image that it names, and blobs that nothing names. */
async function validateLayout(files: LayoutFiles): Promise<Mismatch[]> {
  const reached = new Set<string>();
  const bench: IndexBench = {
    blob(descriptor) {
      reached.add(blobPath(descriptor));
      return blobOf(files, descriptor);
    },
    measured: new Map(),
    named: 0,
    documents: new Map(),
  };
  const found = [
    ...(await versionMismatches(files)),
    ...(await indexMismatches(bench, 'index.json', () => readSmall(files, 'index.json', DOCUMENT_LIMIT), 0)),
    ...danglingSubjects(bench),
  ];
  // Where something could not be read, what it names was not seen.
  return errorsAmong(found).length > 0 ? found : [...found, ...(await otherBlobs(files, reached))];
}

async function versionMismatches(files: LayoutFiles): Promise<Mismatch[]> {
  const found: Mismatch[] = [];
  const report = reporter(found, 'oci-layout', SECTION.layoutFile);
  const bytes = await attempt(() => readSmall(files, 'oci-layout', DOCUMENT_LIMIT), report);
  if (!bytes) return found;
  const marker = shape.object({ imageLayoutVersion: shape.exactly('1.0.0') });
  try {
    for (const { at, what } of marker(JSON.parse(Buffer.from(bytes).toString('utf8')), '')) report(what, { path: at });
  } catch {
    report('is no JSON');
  }
  return found;
}

/** The grammar of digests, in paths: image-spec, descriptor.md, "Digests". */
const BLOB_PATH = /^blobs\/([a-z0-9]+(?:[+._-][a-z0-9]+)*)\/([A-Za-z0-9=_-]+)$/;

/** Blobs that no document names: allowed, but not with other content than their names say. */
async function otherBlobs(files: LayoutFiles, reached: ReadonlySet<string>): Promise<Mismatch[]> {
  const found: Mismatch[] = [];
  for (const path of await files.list('blobs/')) {
    if (reached.has(path)) continue;
    const report = reporter(found, path, SECTION.blobs);
    const [, algorithm = '', encoded] = BLOB_PATH.exec(path) ?? [];
    if (encoded === undefined) report('is not named by a digest');
    else if (algorithm !== 'sha256' && algorithm !== 'sha512')
      report(`\`${algorithm}\` is no registered algorithm; it was not read`, { severity: 'note' });
    else {
      const hash = createHash(algorithm);
      for await (const piece of (await files.find(path))?.read() ?? []) hash.update(piece);
      if (hash.digest('hex') === encoded) report('is named by no document', { severity: 'note' });
      else report('has other content than its name says');
    }
  }
  return found;
}
