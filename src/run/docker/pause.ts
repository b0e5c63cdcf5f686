import { sha256 } from '../../base/node.ts';
import { encodeHead, endOfTar, paddingOf, type Image, type ImageConfig } from '../../image/index.ts';
import { idleProgram } from '../idle.ts';

/**
 * The image of a program that does nothing: it holds the network and the writable folders of a container before that
 * starts, and after it has ended. No image need be pulled for it. Undefined for a processor that it is not written for.
 */
export function pauseImage(arch: string = process.arch): Pick<Image, 'parsedManifest' | 'layers' | 'blob' | 'config'> | undefined {
  const program = idleProgram(arch);
  if (!program) return undefined;
  const head = encodeHead({ path: 'pause', type: 'file', mode: 0o755, uid: 0, gid: 0, sizeBytes: program.length, mtimeSeconds: 0 });
  const tar = Buffer.concat([head, program, new Uint8Array(paddingOf(program.length)), endOfTar()]);
  const diffId = sha256(tar);
  const architecture = arch === 'x64' ? 'amd64' : arch;
  const config: ImageConfig = {
    architecture,
    os: 'linux',
    config: { Entrypoint: ['/pause'] },
    rootfs: { type: 'layers', diff_ids: [diffId] },
  };
  const bytes = Buffer.from(JSON.stringify(config));
  const descriptor = { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: diffId, size: tar.length };
  const configDescriptor = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: sha256(bytes), size: bytes.length };
  return {
    config: async () => config,
    parsedManifest: async () => ({ schemaVersion: 2, config: configDescriptor, layers: [descriptor] }),
    async *blob() {
      yield bytes;
    },
    layers: async () => [
      {
        descriptor,
        diffId,
        async *tar() {
          yield tar;
        },
      },
    ],
  };
}
