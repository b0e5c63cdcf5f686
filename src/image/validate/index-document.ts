import { attestationMismatches, isAttestation } from '../attestations.ts';
import { INDEX_DEPTH, INDEX_ENTRIES } from '../platform.ts';
import { DOCUMENT_LIMIT, readIndex, readManifest, type Index } from '../spec/documents.ts';
import { isDockerType, isIndex, isManifest } from '../spec/media-types.ts';
import type { Digest } from '../../base/node.ts';
import type { Descriptor } from '../types.ts';
import { collect } from '../verified.ts';
import { checkAnnotations } from './annotations.ts';
import { attempt, type Bench } from './bench.ts';
import { checkDescriptor } from './descriptor.ts';
import { reporter, SECTION, tellFlaws, type Mismatch, type Report } from './finding.ts';
import { checkType, manifestMismatches } from './image.ts';
import { doubledKeys } from './json-keys.ts';
import { checkPlatform } from './platform.ts';

/** Counts the images named so far: an index may name the same index again and again. */
export type IndexBench = Bench & {
  named: number;
  /** Manifests and indexes that were named, and what each says that it belongs to. */
  readonly documents: Map<Digest, Descriptor | undefined>;
};

const REF_NAME = 'org.opencontainers.image.ref.name';

/** What is wrong with an index and all that it names. `named`: its descriptor, where it has one. */
export async function indexMismatches(
  bench: IndexBench,
  where: string,
  read: () => Promise<Uint8Array>,
  depth: number,
  named?: Descriptor,
): Promise<Mismatch[]> {
  const found: Mismatch[] = [];
  const report = reporter(found, where, named ? SECTION.index : SECTION.indexJson, named?.digest);
  const bytes = await attempt(read, (what) => report(what, { section: named ? SECTION.verification : SECTION.indexJson }));
  if (!bytes) return found;
  const reading = readIndex(bytes);
  tellFlaws(reading, report);
  if (!reading.value) return found;
  checkIndex(reading.value, bytes, named, report);
  const seen = new Set<string>();
  for (const [i, descriptor] of reading.value.manifests.entries()) {
    // One image under several tags is judged once.
    const key = JSON.stringify([descriptor.digest, descriptor.size, descriptor.mediaType, descriptor.platform]);
    if (!seen.has(key)) found.push(...(await namedMismatches(bench, descriptor, `${where} manifests[${i}]`, depth)));
    seen.add(key);
  }
  return found;
}

/** What is wrong with an index by itself, beside its shape. */
export function checkIndex(index: Index, bytes: Uint8Array, named: Descriptor | undefined, report: Report): void {
  for (const path of doubledKeys(Buffer.from(bytes).toString('utf8')))
    report('is there twice: readers differ in which they take', { path });
  for (const key of ['layers', 'config'])
    if (key in index)
      report(`has \`${key}\` beside \`manifests\`: it is an index to some and an image to others`, {
        path: key,
        section: SECTION.conflicts,
      });
  checkType(index.mediaType, named, report);
  checkAnnotations(index.annotations, 'annotations', report);
  if (index.subject) checkDescriptor(index.subject, 'subject', report);
  const isDocker = index.mediaType !== undefined && isDockerType(index.mediaType);
  for (const [i, descriptor] of index.manifests.entries()) {
    const at = `manifests[${i}]`;
    checkDescriptor(descriptor, at, report);
    if (descriptor.platform)
      checkPlatform(descriptor.platform, `${at}.platform`, (what, told) => report(what, { section: SECTION.index, ...told }));
    if (
      named &&
      isDockerType(descriptor.mediaType) !== isDocker &&
      index.mediaType !== undefined &&
      (isManifest(descriptor.mediaType) || isIndex(descriptor.mediaType))
    )
      report('media types of Docker and of OCI are mixed', { path: `${at}.mediaType`, severity: 'note', section: SECTION.compatibility });
  }
  checkDoubled(index.manifests, report);
}

/** Entries of which a reader never takes the second. Attestations and what is attached have no platform of their own. */
function checkDoubled(manifests: readonly Descriptor[], report: Report): void {
  const seen = new Map<string, Descriptor>();
  for (const [i, descriptor] of manifests.entries()) {
    const { platform, annotations, digest } = descriptor;
    if (isAttestation(descriptor) || descriptor.artifactType !== undefined) continue;
    const key = JSON.stringify([
      annotations?.[REF_NAME],
      platform?.os,
      platform?.architecture,
      platform?.variant,
      platform?.['os.version'],
    ]);
    const first = seen.get(key);
    if (first?.digest === digest) report('names the same image for the same platform again', { path: `manifests[${i}]`, severity: 'note' });
    else if (first && platform)
      report('is for the platform of an earlier entry, which is taken instead', { path: `manifests[${i}]`, severity: 'note' });
    else if (first && annotations?.[REF_NAME] !== undefined)
      report(`has the name of an earlier entry, \`${annotations[REF_NAME]}\``, {
        path: `manifests[${i}]`,
        severity: 'note',
        section: SECTION.indexJson,
      });
    seen.set(key, first ?? descriptor);
  }
}

/** Of an image or an index that an index names. */
export async function namedMismatches(bench: IndexBench, descriptor: Descriptor, where: string, depth: number): Promise<Mismatch[]> {
  const found: Mismatch[] = [];
  const report = reporter(found, where, SECTION.index, descriptor.digest);
  bench.named += 1;
  if (bench.named > INDEX_ENTRIES) {
    if (bench.named === INDEX_ENTRIES + 1) report(`more than ${INDEX_ENTRIES} images are named; the rest was not read`);
    return found;
  }
  const read = (): Promise<Uint8Array> => collect(bench.blob(descriptor), DOCUMENT_LIMIT, `blob ${descriptor.digest}`);
  if (isIndex(descriptor.mediaType)) {
    bench.documents.set(descriptor.digest, undefined);
    if (depth < INDEX_DEPTH) return indexMismatches(bench, where, read, depth + 1, descriptor);
    report('is an index inside too many indexes');
    return found;
  }
  const bytes = await attempt(read, (what) => report(what, { section: SECTION.verification }));
  if (!isManifest(descriptor.mediaType)) report(`media type \`${descriptor.mediaType}\` is no image's`);
  else if (bytes) {
    bench.documents.set(descriptor.digest, readManifest(bytes).value?.subject ?? undefined);
    found.push(...(await (isAttestation(descriptor) ? attestationMismatches : manifestMismatches)(bench, bytes, where, descriptor)));
  }
  return found;
}

/** What is attached to something that is not there: allowed, and often a copy that left a part behind. */
export function danglingSubjects({ documents }: IndexBench): Mismatch[] {
  const found: Mismatch[] = [];
  for (const [digest, subject] of documents)
    if (subject && !documents.has(subject.digest))
      reporter(
        found,
        `manifest ${digest}`,
        SECTION.manifest,
        digest,
      )(`belongs to ${subject.digest}, which is not here`, { path: 'subject', severity: 'note' });
  return found;
}
