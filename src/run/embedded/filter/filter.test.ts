import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readElf } from '../../../image/index.ts';
import { openKit, outputOf, whyNoContainers, type Kit } from '../../kit.testing.ts';
import { AUDIT_ARCH, CLONE_NEW, LAST_KNOWN, numberOf, REFUSED, SPECIAL, X32_BIT, type FilteredArch } from './calls.ts';
import { launcherFile } from './launcher.ts';
import { probe, probe32, type Call } from './probe.testing.ts';
import { AT, BPF, filterProgram, RETURN } from './program.ts';

const [EPERM, ENOSYS] = [1, 38];
const why = await whyNoContainers();
const arch = process.arch as FilteredArch;
const special = (name: keyof typeof SPECIAL): number => numberOf(SPECIAL[name], arch)!;
const refused = (name: string): number => numberOf(REFUSED[name]!, arch)!;

/** Calls that an ordinary process may make, and what depends on an argument. Each may be made without harm. */
const ORDINARY: Readonly<Record<string, Call>> = {
  'keyctl: which session': [refused('keyctl'), 0, -3, 0],
  add_key: [refused('add_key'), 'user', 'plimsoll', 0, 0, -1],
  request_key: [refused('request_key'), 'user', 'plimsoll', 0, -1],
  'io_uring_setup without its answer': [refused('io_uring_setup'), 1, 0],
  'userfaultfd of its own memory': [refused('userfaultfd'), 1],
  'a new user namespace': [refused('unshare'), 0x1000_0000],
  'a process in a new user namespace': [special('clone'), 0x1000_0011, 0, 0, 0, 0],
  kcmp: [refused('kcmp'), -1, -1, 0, 0, 0],
  'the kernel’s ciphers': [special('socket'), 38, 5, 0],
  'the hypervisor': [special('socket'), 40, 1, 0],
  'no random addresses': [special('personality'), 0x4_0000],
  pidfd_getfd: [refused('pidfd_getfd'), -1, 0, 0],
  setns: [refused('setns'), -1, 0],
  get_mempolicy: [refused('get_mempolicy'), 0, 0, 0, 0, 0],
};

describe.skipIf(why !== undefined)(`the filter of system calls${why === undefined ? '' : ` (${why})`}`, { timeout: 60_000 }, () => {
  let kit: Kit;
  beforeAll(async () => {
    kit = await openKit();
  });
  afterAll(() => kit.close());

  /** What each program exits with in a container, by its name. */
  async function inside(programs: Readonly<Record<string, Uint8Array>>): Promise<Readonly<Record<string, number>>> {
    const names = Object.keys(programs);
    const files = names.map((name, i) => ({ path: `p${i}`, content: programs[name]!, mode: 0o755 }));
    const text = await kit.script(names.map((_, i) => `/p${i}; echo $?`).join('\n'), outputOf, { files });
    return Object.fromEntries(text.split('\n').map((line, i) => [names[i]!, Number(line)]));
  }

  test('stands before PID 1 and before a health check, for good', async () => {
    const status = 'grep ^Seccomp: /proc/self/status';
    const seen = await kit.script(`${status}; sleep 60`, async (c) => [
      await c.waitForLog(() => true, 10_000),
      await c.exec(['sh', '-c', status], 10_000),
    ]);
    expect(seen).toMatchObject([{ text: 'Seccomp:\t2' }, { code: 0, output: 'Seccomp:\t2\n' }]);
  });

  test('every call of the list is refused', async () => {
    const calls = Object.entries(REFUSED).filter(([, call]) => numberOf(call, arch) !== null);
    const found = await inside(
      Object.fromEntries(calls.map(([name, call]) => [name, probe(arch, [numberOf(call, arch)!, 0, 0, 0, 0, 0, 0])])),
    );
    expect(found).toEqual(Object.fromEntries(calls.map(([name]) => [name, EPERM])));
  });

  test('what an ordinary process of this machine may ask for, one in a container may not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-calls-'));
    chmodSync(folder, 0o755);
    const user = process.geteuid!() === 0 ? { uid: 65534, gid: 65534 } : {};
    try {
      const programs = Object.fromEntries(Object.entries(ORDINARY).map(([name, call]) => [name, probe(arch, call)]));
      const file = join(folder, 'probe');
      const outside = Object.entries(programs).map(([name, program]) => {
        rmSync(file, { force: true });
        writeFileSync(file, program, { mode: 0o755 });
        return [name, spawnSync(file, user).status] as const;
      });
      expect(outside.filter(([, status]) => status === EPERM || status === null)).toEqual([]);
      expect(await inside(programs)).toEqual(Object.fromEntries(Object.keys(ORDINARY).map((name) => [name, EPERM])));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('calls that are newer than the list are not there, and neither is clone3', async () => {
    const found = await inside({ clone3: probe(arch, [special('clone3'), 0, 0]), newer: probe(arch, [LAST_KNOWN + 1, 0, 0]) });
    expect(found).toEqual({ clone3: ENOSYS, newer: ENOSYS });
  });

  test.skipIf(arch !== 'x64')('calls of 32-bit programs and x32 calls are refused', async () => {
    // getpid is 20 there, and 39 here.
    expect(await inside({ 'int 0x80': probe32(20), x32: probe('x64', [X32_BIT + 39]), own: probe('x64', [39]) })).toEqual({
      'int 0x80': EPERM,
      x32: EPERM,
      own: 0,
    });
  });

  test('nothing of what sets it up can be reached from inside', async () => {
    const text = await kit.script(
      'find / -xdev -name launch; find /proc/1 -maxdepth 1 >/dev/null; readlink /proc/1/exe; cat /proc/1/maps',
      outputOf,
    );
    expect(text).toMatch(/^\/bin\/busybox\n/);
    expect(text).not.toMatch(/launch|\/sh$/m);
  });
});

/** Runs a filter as the kernel does: seccomp(2), "Filters". */
function verdict(of: FilteredArch, call: { readonly arch?: number; readonly number: number; readonly argument0?: number }): number {
  const data = new Map<number, number>([
    [AT.number, call.number],
    [AT.arch, call.arch ?? AUDIT_ARCH[of]],
    [AT.argument0, call.argument0 ?? 0],
  ]);
  const program = filterProgram(of);
  let accumulator = 0;
  for (let at = 0; at < program.length; at += 1) {
    const { code, jt, jf, k } = program[at]!;
    const jump = (holds: boolean): void => void (at += holds ? jt : jf);
    if (code === BPF.load) accumulator = data.get(k)!;
    else if (code === BPF.and) accumulator = (accumulator & k) >>> 0;
    else if (code === BPF.equal) jump(accumulator === k);
    else if (code === BPF.greater) jump(accumulator > k);
    else if (code === BPF.atLeast) jump(accumulator >= k);
    else return k;
  }
  throw new Error('it ends without a verdict');
}

describe.each(['x64', 'arm64'] as const)('the filter for %s, decoded', (of) => {
  const numbers = new Map(
    Object.entries(REFUSED).flatMap(([name, call]) => (numberOf(call, of) === null ? [] : [[numberOf(call, of)!, name]])),
  );

  test('refuses what is on the list, and nothing else up to what it knows', () => {
    const specials = new Set(Object.values(SPECIAL).map((call) => numberOf(call, of)));
    for (let number = 0; number <= LAST_KNOWN; number += 1)
      if (!specials.has(number))
        expect([number, verdict(of, { number })]).toEqual([number, numbers.has(number) ? RETURN.refuse : RETURN.allow]);
    for (const number of [LAST_KNOWN + 1, 1000, X32_BIT - 1]) expect(verdict(of, { number })).toBe(RETURN.missing);
  });

  test('looks at the flags of clone, the family of a socket, the kind of a personality', () => {
    const ask = (name: keyof typeof SPECIAL, argument0: number): number => verdict(of, { number: numberOf(SPECIAL[name], of)!, argument0 });
    expect(ask('clone', 0x3d0f00)).toBe(RETURN.allow); // a thread
    for (let bit = 1; bit > 0; bit *= 2) {
      expect([bit, ask('clone', bit)]).toEqual([bit, (bit & CLONE_NEW) === 0 ? RETURN.allow : RETURN.refuse]);
      if (bit === 0x8000_0000) break;
    }
    expect([1, 2, 10, 16, 38, 40].map((family) => ask('socket', family) === RETURN.allow)).toEqual([true, true, true, true, false, false]);
    expect([0, 8, 0xffff_ffff, 0x4_0000].map((it) => ask('personality', it) === RETURN.allow)).toEqual([true, true, true, false]);
    expect(ask('clone3', 0)).toBe(RETURN.missing);
  });

  test('refuses calls of any other architecture', () => {
    for (const foreign of [0x4000_0003, 0x4000_0028, AUDIT_ARCH[of === 'x64' ? 'arm64' : 'x64'], 0])
      expect(verdict(of, { arch: foreign, number: 1 })).toBe(RETURN.refuse);
  });

  test('lies in a program for that architecture which needs nothing else', () => {
    expect(readElf(launcherFile(of))).toMatchObject({ architecture: of === 'x64' ? 'amd64' : 'arm64', needed: [] });
    expect(readElf(launcherFile(of))).not.toHaveProperty('interpreter');
  });
});

const QEMU = '/usr/bin/qemu-aarch64-static';
describe.skipIf(!existsSync(QEMU))('the program for arm64, run by qemu, whose kernel takes no filter', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'plimsoll-arm64-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = (program: Uint8Array): { status: number | null; stdout: string; stderr: string } => {
    const file = join(folder, 'launch');
    writeFileSync(file, program, { mode: 0o755 });
    return spawnSync(QEMU, ['-strace', file, process.execPath, '-p', 'process.env.GIVEN + process.argv.length', 'x', 'y'], {
      encoding: 'utf8',
      env: { GIVEN: 'given' },
    });
  };

  test('asks for no new privileges, then for the filter, and runs nothing when that is refused', () => {
    const end = run(launcherFile('arm64'));
    expect(end.stderr).toMatch(/prctl\(38,1,0,0,0,.*\) = 0\n.*seccomp\(1,0,[0-9]+,.*\) = -1/);
    expect(end).toMatchObject({ status: 126, stdout: '' });
    expect(end.stderr).toContain('the kernel does not take the filter');
  });

  test('becomes the program of its arguments, with its environment, when that is granted', () => {
    const program = Buffer.from(launcherFile('arm64'));
    // `cbnz x0` after the second system call becomes `nop`.
    const branches = Array.from({ length: (program.length - 176) >> 2 }, (_, i) => 176 + 4 * i).filter(
      (at) => (program.readUInt32LE(at) & 0xff00_001f) >>> 0 === 0xb500_0000,
    );
    program.writeUInt32LE(0xd503_201f, branches[1]);
    expect(run(program)).toMatchObject({ status: 0, stdout: 'given3\n' });
  });
});
