import { sha256 } from '../../base/node.ts';
import { encodeHead, endOfTar, paddingOf, type Image, type ImageConfig } from '../../image/index.ts';

/**
 * A program that does nothing, as Kubernetes' pause container: it holds the network and the writable folders of a
 * container before that starts, and after it has ended. System calls by syscall(2); no image need be pulled for it.
 */
const CODE: Readonly<Record<string, { readonly machine: number; readonly code: string }>> = {
  // mov eax, 34 (pause); syscall; jmp
  x64: { machine: 62, code: 'b8220000000f05ebf7' },
  // ppoll(NULL, 0, NULL, NULL), again and again: there is no pause
  arm64: { machine: 183, code: '000080d2010080d2020080d2030080d2280980d2010000d4faffff17' },
};

/** elf(5): header and one program header. */
const ELF_HEAD = 64 + 56;
const LOAD_AT = 0x400000;

function pauseProgram({ machine, code }: { readonly machine: number; readonly code: string }): Uint8Array {
  const text = Buffer.from(code, 'hex');
  const elf = Buffer.alloc(ELF_HEAD + text.length);
  elf.write('7f454c46020101', 0, 'hex');
  elf.writeUInt16LE(2, 16); // ET_EXEC
  elf.writeUInt16LE(machine, 18);
  elf.writeUInt32LE(1, 20);
  elf.writeBigUInt64LE(BigInt(LOAD_AT + ELF_HEAD), 24);
  elf.writeBigUInt64LE(64n, 32);
  for (const [at, value] of [
    [52, 64],
    [54, 56],
    [56, 1],
  ] as const)
    elf.writeUInt16LE(value, at);
  elf.writeUInt32LE(1, 64); // PT_LOAD
  elf.writeUInt32LE(5, 68); // read and execute
  for (const [at, value] of [
    [80, LOAD_AT],
    [88, LOAD_AT],
    [96, elf.length],
    [104, elf.length],
    [112, 0x1000],
  ] as const)
    elf.writeBigUInt64LE(BigInt(value), at);
  text.copy(elf, ELF_HEAD);
  return elf;
}

/** The image of that program; undefined for a processor that it is not written for. */
export function pauseImage(arch: string = process.arch): Pick<Image, 'parsedManifest' | 'layers' | 'blob' | 'config'> | undefined {
  const code = CODE[arch];
  if (!code) return undefined;
  const program = pauseProgram(code);
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
