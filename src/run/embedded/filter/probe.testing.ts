import type { FilteredArch } from './calls.ts';

/** A system call: its number and arguments; a text is the address of its bytes, with a NUL behind them. */
export type Call = readonly [number: number, ...args: readonly (number | bigint | string)[]];

const BASE = 0x40_0000;
const CODE_AT = 64 + 56;
/** What `exitOf` takes away: a call that succeeds may give any small number. */
const SIZE = 0x1000;

/**
 * A static program that makes the calls and exits with the error of the last: 0 when there was none, else `errno`. It
 * needs no compiler, so that any machine can ask its kernel.
 */
export function probe(arch: FilteredArch, ...calls: readonly Call[]): Uint8Array {
  const file = Buffer.alloc(SIZE);
  let textAt = 0x800;
  const valueOf = (arg: number | bigint | string): bigint => {
    if (typeof arg !== 'string') return BigInt.asUintN(64, BigInt(arg));
    const at = textAt;
    textAt += file.write(`${arg}\0`, at, 'latin1');
    return BigInt(BASE + at);
  };
  const body = calls.flatMap(([number, ...args]) => emit[arch].call(number, args.map(valueOf)));
  file.set(body.concat(emit[arch].exit), CODE_AT);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1], 0);
  file.writeUInt16LE(2, 16);
  file.writeUInt16LE(arch === 'x64' ? 62 : 183, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(BASE + CODE_AT), 24);
  file.writeBigUInt64LE(64n, 32);
  for (const [at, value] of [
    [52, 64],
    [54, 56],
    [56, 1],
  ] as const)
    file.writeUInt16LE(value, at);
  file.writeUInt32LE(1, 64);
  file.writeUInt32LE(7, 68);
  for (const at of [80, 88]) file.writeBigUInt64LE(BigInt(BASE), at);
  for (const at of [96, 104]) file.writeBigUInt64LE(BigInt(SIZE), at);
  file.writeBigUInt64LE(0x1_0000n, 112);
  return file;
}

/** The same for a call of 32-bit programs, from a 64-bit one: `int 0x80`. */
export function probe32(number: number): Uint8Array {
  const file = Buffer.from(probe('x64', [0]));
  const code = [0xb8, ...word32(number), 0xcd, 0x80, ...emit.x64.exit];
  file.set(code, CODE_AT);
  return file;
}

const word32 = (value: number): number[] => [...Buffer.from(Uint32Array.of(value).buffer)];
const word64 = (value: bigint): number[] => [...Buffer.from(BigUint64Array.of(value).buffer)];

const emit = {
  x64: {
    // mov rdi|rsi|rdx|r10|r8|r9, imm64; mov eax, number; syscall
    call: (number: number, args: readonly bigint[]): number[] => [
      ...args.flatMap((arg, i) => [
        ...[
          [0x48, 0xbf],
          [0x48, 0xbe],
          [0x48, 0xba],
          [0x49, 0xba],
          [0x49, 0xb8],
          [0x49, 0xb9],
        ][i]!,
        ...word64(arg),
      ]),
      0xb8,
      ...word32(number),
      0x0f,
      0x05,
    ],
    // movsxd rdi, eax; neg rdi; jns +2; xor edi, edi; mov eax, exit_group; syscall
    exit: [0x48, 0x63, 0xf8, 0x48, 0xf7, 0xdf, 0x79, 0x02, 0x31, 0xff, 0xb8, ...word32(231), 0x0f, 0x05],
  },
  arm64: {
    // movz and movk for each quarter of x0 to x5 and of x8; svc
    call: (number: number, args: readonly bigint[]): number[] =>
      [...args.map((arg, i) => [i, arg] as const), [8, BigInt(number)] as const]
        .flatMap(([register, value]) =>
          [0, 1, 2, 3].map((part) => {
            const quarter = Number((value >> BigInt(16 * part)) & 0xffffn);
            return ((part === 0 ? 0xd280_0000 : 0xf280_0000) | (part << 21) | (quarter << 5) | register) >>> 0;
          }),
        )
        .concat(0xd400_0001)
        .flatMap(word32),
    // negs x0, x0; csel x0, x0, xzr, pl; mov x8, #exit_group; svc
    exit: [0xeb00_03e0, 0x9a9f_5000, 0xd280_0bc8, 0xd400_0001].flatMap(word32),
  },
} as const;
