import { readManifest } from './spec/documents.ts';
import type { Descriptor } from './types.ts';
import { attempt, drain, flawsOf, type Bench, type Mismatch } from './validate.ts';

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
  const { value: manifest, ...reading } = readManifest(bytes);
  if (!manifest) return flawsOf(reading, where);
  const found: Mismatch[] = [];
  for (const [name, blob] of [['config', manifest.config] as const, ...manifest.layers.map((each, i) => [`layer ${i + 1}`, each] as const)])
    await attempt(
      () => drain(bench.blob(blob)),
      (what) => found.push({ where: `${where} ${name}`, what }),
    );
  return found;
}
