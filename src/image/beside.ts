import { Readable } from 'node:stream';
import { DOCUMENT_LIMIT, readManifest, sound } from './spec/documents.ts';
import type { Digest } from '../base/node.ts';
import type { Descriptor, Image } from './types.ts';
import { collect } from './verified.ts';

/** What lies beside an image: a statement of how it was made, an SBOM, a signature. */
export interface Beside {
  /** What it says it is: `https://slsa.dev/provenance/v1`. */
  readonly kind: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** Its own; the first of a manifest has the manifest's too. */
  readonly annotations: Readonly<Record<string, string>>;
  /** All of it, checked. */
  read(): Promise<Uint8Array>;
}

/** in-toto attestation bundles of BuildKit: docs/attestations/attestation-storage.md. */
const PREDICATE_TYPE = 'in-toto.io/predicate-type';

/** The contents of an image's attestations, and of what is attached to it. Throws EnvironmentError where they are broken. */
export async function besideImage(image: Image): Promise<readonly Beside[]> {
  const found: Beside[] = [];
  for (const listed of image.attestations) {
    const bytes = await collect(image.blob(listed), DOCUMENT_LIMIT, `the attestation ${listed.digest}`);
    const { layers, annotations } = sound(readManifest(bytes), `the attestation ${listed.digest}`);
    found.push(
      ...layers.map((layer, i) =>
        besideOf(layer, i === 0 ? annotations : {}, layer.annotations?.[PREDICATE_TYPE], () => image.blob(layer)),
      ),
    );
  }
  for (const { entry, blobs } of await image.attached())
    found.push(...blobs.map(({ descriptor, read }, i) => besideOf(descriptor, i === 0 ? entry.annotations : {}, entry.artifactType, read)));
  return found;
}

function besideOf(
  { digest, size, mediaType, annotations }: Descriptor,
  outer: Descriptor['annotations'],
  kind: string | undefined,
  read: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Beside {
  const name = kind ?? mediaType;
  return {
    kind: name,
    digest,
    sizeBytes: size,
    annotations: { ...outer, ...annotations },
    read: () => collect(Readable.from(read()), size, `the attestation ${digest}`),
  };
}
