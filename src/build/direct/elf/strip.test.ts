import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { neededLibraries, stripDebug } from './index.ts';
import { readElf, SHF_ALLOC } from './layout.ts';
import { elfOf, type TestElf } from './test-elf.ts';

const fill = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);
const text = { name: '.text', flags: SHF_ALLOC, data: fill(300, 1) };
const data = { name: '.data', flags: SHF_ALLOC, data: fill(50, 2) };
const info = { name: '.debug_info', data: fill(2000, 3) };
const comment = { name: '.comment', data: fill(33, 4) };
const symbols = { name: '.symtab', type: 2, data: fill(240, 5), link: 6 };
const names = { name: '.strtab', type: 3, data: fill(100, 6) };
const plain: Omit<TestElf, 'bits' | 'littleEndian'> = { sections: [text, data, info, comment, symbols, names], loaded: 2 };
const kinds = [32, 64].flatMap((bits) =>
  [true, false].map((littleEndian) => ({ bits, littleEndian }) as Pick<TestElf, 'bits' | 'littleEndian'>),
);

test.each(kinds)('%o: debug and symbol sections go; every loaded byte and program header stays', (kind) => {
  const before = elfOf({ ...kind, ...plain });
  const after = stripDebug(before);
  const elf = readElf(after);
  expect(elf?.sections.map((section) => section.name)).toEqual(['', '.text', '.data', '.comment', '.shstrtab']);
  expect(elf?.segments).toEqual(readElf(before)?.segments);
  const loaded = Math.max(...(elf?.segments ?? []).map((segment) => segment.offset + segment.fileBytes));
  const { bytes: header } = { bytes: elf?.headerBytes ?? 0 };
  expect(Buffer.compare(after.subarray(header, loaded), before.subarray(header, loaded))).toBe(0);
  const kept = elf?.sections.find((section) => section.name === '.comment');
  expect(after.subarray(kept?.offset, (kept?.offset ?? 0) + 33)).toEqual(comment.data);
  expect(after.length).toBeLessThan(before.length - 2300);
  expect(stripDebug(after)).toBe(after);
});

test('anything out of the ordinary comes back as it is', () => {
  const kind = { bits: 64, littleEndian: true } as const;
  const given = [
    ['an object file', elfOf({ ...kind, ...plain, type: 1 })],
    ['data behind the last section', Buffer.concat([elfOf({ ...kind, ...plain }), fill(64, 7)])],
    ['a loaded section behind a debug section: its number would change', elfOf({ ...kind, sections: [text, info, data], loaded: 3 })],
    [
      'a section that stays and points to one that goes',
      elfOf({ ...kind, sections: [text, data, info, { ...comment, link: 3 }], loaded: 2 }),
    ],
    ['nothing to take out', elfOf({ ...kind, sections: [text, data, comment], loaded: 2 })],
    ['no ELF file', Buffer.from('#!/bin/sh\n')],
    ['an empty file', new Uint8Array(0)],
  ] as const;
  for (const [what, bytes] of given) expect([what, stripDebug(bytes) === bytes]).toEqual([what, true]);
});

test('a debug section inside a loaded segment is not cut out of it', () => {
  const before = elfOf({ bits: 64, littleEndian: true, sections: [text, info, comment, names], loaded: 3 });
  const after = stripDebug(before);
  expect(Buffer.compare(after.subarray(64, 2400), before.subarray(64, 2400))).toBe(0);
});

test('a section without bytes may name any offset', () => {
  const before = Buffer.from(
    elfOf({ bits: 64, littleEndian: true, sections: [text, { name: '.bss', type: 8, data: fill(0, 0) }, info], loaded: 2 }),
  );
  const elf = readElf(before);
  const bss = elf?.sections.find((section) => section.name === '.bss');
  const entry = (elf?.sectionTable.offset ?? 0) + (bss?.index ?? 0) * (elf?.sectionTable.entryBytes ?? 0);
  before.writeBigUInt64LE(2n ** 63n, entry + 24); // sh_offset
  const after = readElf(stripDebug(before));
  expect(after?.sections.map((section) => section.name)).toEqual(['', '.text', '.bss', '.shstrtab']);
  expect(after?.sections[2]?.offset).toBe(Number.POSITIVE_INFINITY);
});

test('cut and damaged files never throw, and never grow', () => {
  const whole = kinds.map((kind) => elfOf({ ...kind, ...plain }));
  const change = fc.record({
    file: fc.nat(3),
    at: fc.nat(),
    byte: fc.nat(255),
    length: fc.option(fc.nat(4000), { nil: undefined }),
    near: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const bytes = Buffer.from(whole[changes[0]?.file ?? 0] ?? []).subarray(0, changes[0]?.length);
      // Half of the damage goes where it hurts: the header and the section header table.
      for (const { at, byte, near } of changes)
        if (bytes.length > 0) bytes[near ? at % Math.min(64, bytes.length) : bytes.length - 1 - (at % bytes.length)] = byte;
      expect(stripDebug(bytes).length).toBeLessThanOrEqual(bytes.length);
      neededLibraries(bytes);
    }),
    { numRuns: 1500 },
  );
});

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

test.skipIf(!has('gcc') || !has('readelf'))('a library made by gcc still loads, and readelf finds nothing amiss', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-elf-'));
  const run = (...argv: string[]): string => {
    const [program = '', ...args] = argv;
    const end = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
    expect([argv, end.status, end.stderr]).toEqual([argv, 0, '']);
    return end.stdout;
  };
  try {
    writeFileSync(
      join(folder, 'lib.c'),
      'static __thread int n; static int table[] = {1,2,3}; int answer(int i) { n += i; return table[i % 3] + n + 40; }\n',
    );
    writeFileSync(join(folder, 'main.c'), '#include <stdio.h>\nint answer(int); int main(void) { printf("%d", answer(0)); return 0; }\n');
    run('gcc', '-g3', '-O1', '-shared', '-fPIC', '-Wl,--build-id', '-o', 'libanswer.so', 'lib.c');
    run('gcc', '-g', '-o', 'main', 'main.c', './libanswer.so');
    const before = {
      headers: run('readelf', '-lW', 'libanswer.so'),
      notes: run('readelf', '-nW', 'libanswer.so'),
      symbols: run('readelf', '--dyn-syms', '-W', 'libanswer.so'),
    };
    for (const file of ['libanswer.so', 'main']) {
      const bytes = readFileSync(join(folder, file));
      const stripped = stripDebug(bytes);
      expect(stripped.length).toBeLessThan(bytes.length);
      writeFileSync(join(folder, file), stripped);
    }
    expect({
      headers: run('readelf', '-lW', 'libanswer.so'),
      notes: run('readelf', '-nW', 'libanswer.so'),
      symbols: run('readelf', '--dyn-syms', '-W', 'libanswer.so'),
    }).toEqual(before);
    expect(run('readelf', '-SW', 'libanswer.so')).not.toMatch(/\.debug_|\.symtab|\.strtab/);
    expect(run('./main')).toBe('41');
    expect(neededLibraries(readFileSync(join(folder, 'main')))).toEqual(['./libanswer.so', 'libc.so.6']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
