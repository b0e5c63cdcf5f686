import type { Lock } from '../build/index.ts';
import { withAttachment, type Image } from '../image/index.ts';
import { archivesOf } from './archives.ts';
import { version } from './version.ts';

/** The image with a list of what is installed in it, as CycloneDX; its own digest stays. `name`: what the list calls it. */
export async function withSbom(image: Image, name: string, lock: Lock | undefined): Promise<Image> {
  const { contentsOf, SBOM_FORMATS } = await import('../sbom/index.ts');
  const { architecture } = await image.config();
  const contents = await contentsOf(image, name, lock ? archivesOf(lock, architecture) : undefined);
  const { mediaType, write } = SBOM_FORMATS.cyclonedx;
  return withAttachment(image, { artifactType: mediaType, bytes: Buffer.from(write(contents, await version())) });
}
