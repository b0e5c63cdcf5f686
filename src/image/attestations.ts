import { readManifest } from './spec/documents.ts';
import type { Descriptor } from './types.ts';
import { blobMismatches, reporter, SECTION, tellFlaws, type Bench, type Mismatch } from './validate/index.ts';

/**
 * Whether a manifest in an index holds attestations, what says how an image was made or what is in it, and is no image:
 * BuildKit, docs/attestations/attestation-storage.md.
 */
export const isAttestation = ({ annotations }: Descriptor): boolean =>
  annotations?.['vnd.docker.reference.type'] === 'attestation-manifest';

/** The attestations of one image, among the manifests of an index. */
export const attestationsOf = (image: Descriptor, manifests: readonly Descriptor[]): readonly Descriptor[] =>
  manifests.filter((each) => isAttestation(each) && each.annotations?.['vnd.docker.reference.digest'] === image.digest);

/** What is wrong with a manifest of attestations: its layers are statements, not tars, and its config says nothing. */
export async function attestationMismatches(bench: Bench, bytes: Uint8Array, where: string): Promise<Mismatch[]> {
  const reading = readManifest(bytes);
  const found: Mismatch[] = [];
  tellFlaws(reading, reporter(found, where, SECTION.manifest));
  return reading.value ? blobMismatches(bench, reading.value, `${where} `) : found;
}
