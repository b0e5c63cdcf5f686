import type { Digest } from '../base/node.ts';
import { jsonBytes } from './from-layers.ts';
import { inMemory, type Blob } from './layout/blob.ts';
import { DOCUMENT_LIMIT, readManifest, sound } from './spec/documents.ts';
import { MEDIA } from './spec/media-types.ts';
import type { Descriptor, Image } from './types.ts';
import { collect } from './verified.ts';

/** Something that belongs to an image: an SBOM, a signature. */
export interface Attachment {
  /** What it is: `application/vnd.cyclonedx+json`. */
  readonly artifactType: string;
  readonly bytes: Uint8Array;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An attachment as registries and layouts hold it: a manifest that names its subject. */
export interface Referrer {
  /** As an index lists it. */
  readonly entry: Descriptor;
  /** The digest of the image that it belongs to. */
  readonly subject: Digest;
  readonly manifest: Blob;
  /** What the manifest names. */
  readonly blobs: readonly Blob[];
}

/** image-spec, manifest.md, "Guidance for an Empty Descriptor". */
const EMPTY = inMemory('application/vnd.oci.empty.v1+json', Buffer.from('{}'));

/** The same for the same: image-spec, manifest.md, `subject`, `artifactType`. */
export function referrerOf({ mediaType, digest, size }: Descriptor, { artifactType, bytes, annotations }: Attachment): Referrer {
  const layer = inMemory(artifactType, bytes);
  const said = annotations ? { annotations } : {};
  const manifest = inMemory(
    MEDIA.manifest,
    jsonBytes({
      schemaVersion: 2,
      mediaType: MEDIA.manifest,
      artifactType,
      config: EMPTY.descriptor,
      layers: [layer.descriptor],
      subject: { mediaType, digest, size },
      ...said,
    }),
  );
  return { entry: { ...manifest.descriptor, artifactType, ...said }, subject: digest, manifest, blobs: [layer, EMPTY] };
}

/** An image with something attached; the image itself, and its digest, stay what they are. */
export async function withAttachment(image: Image, what: Attachment): Promise<Image> {
  const bytes = await image.manifest();
  const { mediaType = MEDIA.manifest } = await image.parsedManifest();
  const own = referrerOf(inMemory(mediaType, bytes).descriptor, what);
  return { ...image, attached: async () => [...(await image.attached()), own] };
}

/** Whether an index lists something that belongs to an image, and is none. */
export const isReferrer = ({ artifactType }: Descriptor): boolean => artifactType !== undefined;

/** What is attached to an image, among what an index lists. Throws EnvironmentError where one of them is broken. */
export async function referrersAmong(
  listed: readonly Descriptor[],
  subject: Digest,
  read: (descriptor: Descriptor) => AsyncIterable<Uint8Array>,
): Promise<readonly Referrer[]> {
  const found: Referrer[] = [];
  for (const entry of listed.filter(isReferrer)) {
    const manifest = sound(readManifest(await collect(read(entry), DOCUMENT_LIMIT, `what is listed as ${entry.digest}`)), entry.digest);
    if (manifest.subject?.digest !== subject) continue;
    const blobOf = (descriptor: Descriptor): Blob => ({ descriptor, read: () => read(descriptor) });
    found.push({ entry, subject, manifest: blobOf(plain(entry)), blobs: [...manifest.layers, manifest.config].map(blobOf) });
  }
  return found;
}

const plain = ({ mediaType, digest, size }: Descriptor): Descriptor => ({ mediaType, digest, size });

/** The bytes of the first attachment of this kind; undefined without one. Throws as reading a blob does. */
export async function attachedBytes(image: Image, artifactType: string, limit: number): Promise<Uint8Array | undefined> {
  const [content] = (await image.attached()).find(({ entry }) => entry.artifactType === artifactType)?.blobs ?? [];
  return content && collect(asAsync(content.read()), limit, `what is attached as ${artifactType}`);
}

async function* asAsync(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  yield* pieces;
}
