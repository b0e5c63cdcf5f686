// An image of one layer as an OCI layout (OCI image-spec, image-layout.md).
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const sha256 = (bytes) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const architecture = process.arch === 'x64' ? 'amd64' : process.arch;

/** Writes the layout into `folder`, which must not exist. `config` is the image's config.config. */
export function writeLayout(folder, tar, config, createdBy) {
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  const blob = (mediaType, bytes) => {
    const digest = sha256(bytes);
    writeFileSync(join(folder, 'blobs/sha256', digest.slice('sha256:'.length)), bytes);
    return { mediaType: `application/vnd.oci.image.${mediaType}`, digest, size: bytes.length };
  };
  const json = (mediaType, value) => blob(mediaType, Buffer.from(JSON.stringify(value)));
  const raw = readFileSync(tar);
  const layer = blob('layer.v1.tar+gzip', gzipSync(raw, { level: 1 }));
  const image = {
    architecture,
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: [sha256(raw)] },
    history: [{ created_by: createdBy }],
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: json('config.v1+json', image),
    layers: [layer],
  };
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [json('manifest.v1+json', manifest)] }));
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
}
