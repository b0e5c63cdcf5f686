import {
  AUDIT_ARCH,
  CLONE_NEW,
  LAST_KNOWN,
  numberOf,
  PERSONALITIES,
  REFUSED,
  REFUSED_FAMILIES,
  SPECIAL,
  X32_BIT,
  type FilteredArch,
} from './calls.ts';

/** One instruction of classic BPF: filter.h, `struct sock_filter`. */
export interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

/** bpf_common.h. */
export const BPF = { load: 0x20, and: 0x54, equal: 0x15, greater: 0x25, atLeast: 0x35, return: 0x06 } as const;
/** Where `struct seccomp_data` has them: seccomp.h. Of the argument the lower half, on little-endian machines. */
export const AT = { number: 0, arch: 4, argument0: 16 } as const;
/** seccomp.h: SECCOMP_RET_ALLOW, and SECCOMP_RET_ERRNO with EPERM and ENOSYS. */
export const RETURN = { allow: 0x7fff_0000, refuse: 0x0005_0001, missing: 0x0005_0026 } as const;

type Verdict = keyof typeof RETURN;
/** A test that ends with a verdict when it holds, and goes on otherwise. */
type Step = { readonly code: number; readonly k: number; readonly holds?: Verdict; readonly else?: Verdict };

const load = (k: number): Step => ({ code: BPF.load, k });
const when = (code: number, k: number, holds: Verdict): Step => ({ code, k, holds });
const isCall = (name: keyof typeof SPECIAL, arch: FilteredArch, then: readonly Step[]): readonly (Step | number)[] => [
  // A number skips so many steps when the test before it does not hold.
  { code: BPF.equal, k: numberOf(SPECIAL[name], arch)! },
  then.length,
  ...then,
];

/**
 * The filter that a container's processes get, for seccomp(2). Refused is EPERM; clone3 and what is newer than the
 * profile is ENOSYS, so that a C library falls back to what can be looked at.
 */
export function filterProgram(arch: FilteredArch): readonly Instruction[] {
  const refused = Object.values(REFUSED).flatMap((call) => numberOf(call, arch) ?? []);
  const steps: readonly (Step | number)[] = [
    load(AT.arch),
    // 32-bit calls have other numbers.
    { code: BPF.equal, k: AUDIT_ARCH[arch], else: 'refuse' },
    load(AT.number),
    ...(arch === 'x64' ? [when(BPF.atLeast, X32_BIT, 'refuse')] : []),
    when(BPF.greater, LAST_KNOWN, 'missing'),
    ...refused.map((number) => when(BPF.equal, number, 'refuse')),
    when(BPF.equal, numberOf(SPECIAL.clone3, arch)!, 'missing'),
    ...isCall('clone', arch, [
      load(AT.argument0),
      { code: BPF.and, k: CLONE_NEW },
      { code: BPF.equal, k: 0, holds: 'allow', else: 'refuse' },
    ]),
    ...isCall('socket', arch, [load(AT.argument0), ...REFUSED_FAMILIES.map((family) => when(BPF.equal, family, 'refuse')), ret('allow')]),
    ...isCall('personality', arch, [load(AT.argument0), ...PERSONALITIES.map((it) => when(BPF.equal, it, 'allow')), ret('refuse')]),
    ret('allow'),
  ];
  return assemble(steps);
}

const ret = (verdict: Verdict): Step => ({ code: BPF.return, k: RETURN[verdict] });

/** Puts the verdicts behind the steps and makes jumps of their names. */
function assemble(steps: readonly (Step | number)[]): readonly Instruction[] {
  const own = steps.filter((step) => typeof step !== 'number').length;
  const verdicts = Object.keys(RETURN) as Verdict[];
  const made: Instruction[] = [];
  for (const [index, step] of steps.entries()) {
    if (typeof step === 'number') continue;
    const next = steps[index + 1];
    const jump = (verdict: Verdict | undefined): number => (verdict === undefined ? 0 : own + verdicts.indexOf(verdict) - made.length - 1);
    made.push({ code: step.code, k: step.k, jt: jump(step.holds), jf: typeof next === 'number' ? next : jump(step.else) });
  }
  return [...made, ...verdicts.map((verdict) => ({ code: BPF.return, jt: 0, jf: 0, k: RETURN[verdict] }))];
}

/** The bytes of a program, little-endian. */
export function bytesOfProgram(program: readonly Instruction[]): Uint8Array {
  const bytes = Buffer.alloc(program.length * 8);
  for (const [index, { code, jt, jf, k }] of program.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(jt, index * 8 + 2);
    bytes.writeUInt8(jf, index * 8 + 3);
    bytes.writeUInt32LE(k, index * 8 + 4);
  }
  return bytes;
}
