import { EnvironmentError } from '../base/index.ts';

/** Where it lies in a container that is to do nothing: beside the devices, which are not the image's. */
export const IDLE_PATH = '/dev/plimsoll-idle';

/** System calls by syscall(2). */
const CODE: Readonly<Record<string, { readonly machine: number; readonly code: string }>> = {
  // mov eax, 34 (pause); syscall; jmp
  x64: { machine: 62, code: 'b8220000000f05ebf7' },
  // ppoll(NULL, 0, NULL, NULL), again and again: there is no pause
  arm64: { machine: 183, code: '000080d2010080d2020080d2030080d2280980d2010000d4faffff17' },
};

/** elf(5): header and one program header. */
const ELF_HEAD = 64 + 56;
const LOAD_AT = 0x400000;

/** A program that does nothing and needs nothing, as Kubernetes' pause container; undefined for a processor that it is not written for. */
export function idleProgram(arch: string = process.arch): Uint8Array | undefined {
  const known = CODE[arch];
  if (!known) return undefined;
  const { machine, code } = known;
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

/** The same for who was asked to run it. Throws EnvironmentError on other processors. */
export function requiredIdleProgram(): Uint8Array {
  const program = idleProgram();
  if (program) return program;
  throw new EnvironmentError(`no program that does nothing is known for ${process.arch}`, 'run a program of the image in its place');
}
