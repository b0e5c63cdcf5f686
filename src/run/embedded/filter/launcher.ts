import type { FilteredArch } from './calls.ts';
import { bytesOfProgram, filterProgram } from './program.ts';

const COMPLAINT = 'plimsoll: the kernel does not take the filter of system calls\n';
/** Where the file lies in memory; one page of all sizes that arm64 has divides it. */
const BASE = 0x40_0000;
/** elf.h: the file's header, and a program header. */
const HEADER = 64;
const SEGMENT = 56;
const CODE_AT = HEADER + 2 * SEGMENT;

/**
 * A static program of a few instructions: it takes on the filter for good and becomes the program of its arguments, with
 * its environment. No library and no shell can do that (seccomp(2) is no tool of util-linux 2.38's), and Node makes no
 * system calls. When the kernel refuses, it says so and exits with 126: nothing runs unfiltered.
 * Source: gABI, "ELF Header", "Program Header"; psABIs, "Process Initialization"; seccomp(2), prctl(2).
 */
export function launcherFile(arch: FilteredArch): Uint8Array {
  const filter = bytesOfProgram(filterProgram(arch));
  const complaint = Buffer.from(COMPLAINT);
  // The code's length does not depend on the addresses in it.
  const dataAt = CODE_AT + align(code[arch]({ sockFprog: 0, complaint: 0 }).length);
  const filterAt = dataAt + 16;
  const complaintAt = filterAt + filter.length;
  const body = code[arch]({ sockFprog: BASE + dataAt, complaint: BASE + complaintAt });
  const file = Buffer.alloc(complaintAt + complaint.length);
  writeHeaders(file, arch);
  file.set(body, CODE_AT);
  // filter.h, `struct sock_fprog`
  file.writeUInt16LE(filter.length / 8, dataAt);
  file.writeBigUInt64LE(BigInt(BASE + filterAt), dataAt + 8);
  file.set(filter, filterAt);
  file.set(complaint, complaintAt);
  return file;
}

const align = (length: number): number => Math.ceil(length / 16) * 16;

/** elf.h: e_machine. */
const MACHINE: Readonly<Record<FilteredArch, number>> = { x64: 62, arm64: 183 };

function writeHeaders(file: Buffer, arch: FilteredArch): void {
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1], 0);
  file.writeUInt16LE(2, 16); // ET_EXEC
  file.writeUInt16LE(MACHINE[arch], 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(BASE + CODE_AT), 24);
  file.writeBigUInt64LE(BigInt(HEADER), 32);
  file.writeUInt16LE(HEADER, 52);
  file.writeUInt16LE(SEGMENT, 54);
  file.writeUInt16LE(2, 56);
  const segment = (at: number, type: number, flags: number, address: number, size: number): void => {
    file.writeUInt32LE(type, at);
    file.writeUInt32LE(flags, at + 4);
    for (const field of [16, 24]) file.writeBigUInt64LE(BigInt(address), at + field);
    for (const field of [32, 40]) file.writeBigUInt64LE(BigInt(size), at + field);
    file.writeBigUInt64LE(0x1_0000n, at + 48);
  };
  segment(HEADER, 1, 5, BASE, file.length); // PT_LOAD, to be read and executed
  segment(HEADER + SEGMENT, 0x6474_e551, 6, 0, 0); // PT_GNU_STACK: not executable
}

interface Addresses {
  readonly sockFprog: number;
  readonly complaint: number;
}

/** Offsets from the stack pointer at the start: argc, argv[0], argv[1], …, NULL, the environment. */
const ARGV_1 = 16;
const [PR_SET_NO_NEW_PRIVS, SECCOMP_SET_MODE_FILTER] = [38, 1];
const CANNOT = 126;

const code: Readonly<Record<FilteredArch, (at: Addresses) => Uint8Array>> = {
  x64({ sockFprog, complaint }) {
    const [edi, esi, edx, eax] = [0xbf, 0xbe, 0xba, 0xb8];
    const set = (register: number, value: number): number[] => [register, ...word(value)];
    const call = (number: number): number[] => [...set(eax, number), 0x0f, 0x05]; // syscall
    const [write, execve, prctl, exitGroup, seccomp] = [1, 59, 157, 231, 317].map(call) as [
      number[],
      number[],
      number[],
      number[],
      number[],
    ];
    const fail = [set(edi, 2), set(esi, complaint), set(edx, COMPLAINT.length), write, set(edi, CANNOT), exitGroup].flat();
    const become = [
      [0x48, 0x8b, 0x7c, 0x24, ARGV_1], // mov rdi, [rsp+16]
      [0x48, 0x8d, 0x74, 0x24, ARGV_1], // lea rsi, [rsp+16]
      [0x48, 0x8b, 0x14, 0x24], // mov rdx, [rsp]
      [0x48, 0x8d, 0x54, 0xd4, ARGV_1], // lea rdx, [rsp+rdx*8+16]
      execve,
    ].flat();
    // jnz over what is between, to `fail`
    const orFail = (between: number): number[] => [0x85, 0xc0, 0x75, between];
    const xors = [0x31, 0xd2, 0x45, 0x31, 0xd2, 0x45, 0x31, 0xc0]; // edx, r10d, r8d
    const noPrivileges = [set(edi, PR_SET_NO_NEW_PRIVS), set(esi, 1), xors, prctl].flat();
    const filter = [set(edi, SECCOMP_SET_MODE_FILTER), set(esi, 0), set(edx, sockFprog), seccomp].flat();
    const rest = [...filter, ...orFail(become.length), ...become];
    return Uint8Array.from([...noPrivileges, ...orFail(rest.length), ...rest, ...fail]);
  },
  arm64({ sockFprog, complaint }) {
    const low = (register: number, value: number): number => 0xd280_0000 | ((value & 0xffff) << 5) | register; // movz
    const high = (register: number, value: number): number => 0xf2a0_0000 | ((value >>> 16) << 5) | register; // movk, lsl #16
    const set = (register: number, value: number): number[] => [low(register, value), high(register, value)];
    const call = (number: number): number[] => [...set(8, number), 0xd400_0001]; // svc
    const [write, exitGroup, prctl, execve, seccomp] = [64, 94, 167, 221, 277].map(call) as [
      number[],
      number[],
      number[],
      number[],
      number[],
    ];
    const fail = [set(0, 2), set(1, complaint), set(2, COMPLAINT.length), write, set(0, CANNOT), exitGroup].flat();
    const become = [
      0xf940_0be0, // ldr x0, [sp, #16]
      0x9100_43e1, // add x1, sp, #16
      0xf940_03e2, // ldr x2, [sp]
      0x8b02_0c22, // add x2, x1, x2, lsl #3
      ...execve,
    ];
    // cbnz x0 over what is between, to `fail`; counted in instructions from itself
    const orFail = (between: number): number => 0xb500_0000 | ((between + 1) << 5);
    const noPrivileges = [set(0, PR_SET_NO_NEW_PRIVS), set(1, 1), set(2, 0), set(3, 0), set(4, 0), prctl].flat();
    const filter = [set(0, SECCOMP_SET_MODE_FILTER), set(1, 0), set(2, sockFprog), seccomp].flat();
    const rest = [...filter, orFail(become.length), ...become];
    return Uint8Array.from([...noPrivileges, orFail(rest.length), ...rest, ...fail].flatMap(word));
  },
};

const word = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];
