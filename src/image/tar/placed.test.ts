import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findOnPath } from '../../base/node.ts';
import { readHeads, readTar, storedBytes, type TarHead } from './index.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-placed-'));
  const tree = join(folder, 'tree');
  mkdirSync(join(tree, 'x'.repeat(120), 'y'.repeat(120)), { recursive: true });
  writeFileSync(join(tree, 'x'.repeat(120), 'y'.repeat(120), 'deep'), 'd'.repeat(70_000));
  writeFileSync(join(tree, Buffer.from([0x66, 0xe9, 0x6c]).toString('latin1')), 'e');
  execFileSync('sh', ['-c', `printf 1 > "$(printf '${tree}/\\351')"`]);
  // Pieces and holes in turn, more than the four that a header of GNU's has, and a hole at the end.
  const sparse = openSync(join(tree, 'sparse'), 'w');
  for (let i = 0; i < 30; i += 1) writeSync(sparse, Buffer.alloc(4096, 65 + i), 0, 4096, i * 200_000 + 65_536);
  closeSync(sparse);
  execFileSync('truncate', ['-s', '8000000', join(tree, 'sparse')]);
  execFileSync('truncate', ['-s', '1000000', join(tree, 'hole')]);
});
afterAll(() => rmSync(folder, { recursive: true }));

const gnu = (...options: string[]): readonly string[] => ['tar', '--sort=name', ...options];
const makers: Readonly<Record<string, readonly string[]>> = {
  'GNU tar, v7': gnu('--format=v7', '--exclude=xxx*'),
  'GNU tar, ustar': gnu('--format=ustar', '--exclude=xxx*'),
  'GNU tar, its own': gnu('--format=gnu', '--sparse'),
  'GNU tar, pax': gnu('--format=posix'),
  'GNU tar, pax, sparse 0.0': gnu('--format=posix', '--sparse', '--sparse-version=0.0'),
  'GNU tar, pax, sparse 0.1': gnu('--format=posix', '--sparse', '--sparse-version=0.1'),
  'GNU tar, pax, sparse 1.0': gnu('--format=posix', '--sparse', '--sparse-version=1.0'),
  ...(findOnPath('bsdtar') === undefined ? {} : { bsdtar: ['bsdtar'] }),
};

describe('a tar in a file is read by its headers alone as it is read in passing', () => {
  test.each(Object.entries(makers))('%s', async (name, [program = '', ...options]) => {
    const file = join(folder, 'made.tar');
    execFileSync(program, [...options, '-C', join(folder, 'tree'), '-cf', file, '.']);
    // In the middle of another file, as layers lie in an archive.
    const bytes = readFileSync(file);
    const around = join(folder, 'around');
    writeFileSync(around, Buffer.concat([Buffer.alloc(777, 1), bytes, Buffer.alloc(99, 2)]));
    const placed = [...readHeads({ file: around, offset: 777, sizeBytes: bytes.length }, 'made')];
    const passed: (TarHead & { offset: number })[] = [];
    const contents = new Map<string, Buffer>();
    for await (const { content, ...head } of readTar([bytes])) {
      const pieces: Uint8Array[] = [];
      for await (const piece of content()) pieces.push(Uint8Array.from(piece));
      contents.set(head.path.replace(/^\.\//, ''), Buffer.concat(pieces));
      passed.push(head);
    }
    expect(placed).toEqual(passed);
    const listed = execFileSync('tar', ['-tvf', file, '--numeric-owner', '--quoting-style=escape'], { encoding: 'utf8' })
      .trim()
      .split('\n');
    expect(passed.map(({ sizeBytes }) => sizeBytes)).toEqual(listed.map((line) => Number(line.split(/\s+/)[2])));
    for (const path of ['sparse', 'hole']) expect(contents.get(path)?.equals(readFileSync(join(folder, 'tree', path)))).toBe(true);
    const sparse = passed.find(({ path }) => path.endsWith('sparse'))!;
    if (/sparse|own/.test(name)) expect(storedBytes(sparse)).toBeLessThan(sparse.sizeBytes);
    expect(sparse.sizeBytes).toBe(statSync(join(folder, 'tree/sparse')).size);
  });
});

describe('a sparse file that says what cannot be is refused', () => {
  const first = (bytes: Buffer, edit: (header: Buffer) => void): Buffer => {
    const copy = Buffer.from(bytes);
    edit(copy);
    copy.fill(0x20, 148, 156);
    const sum = copy.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    copy.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    return copy;
  };
  const made = (): Buffer => {
    execFileSync('tar', ['-C', join(folder, 'tree'), '--format=gnu', '--sparse', '-cf', join(folder, 's.tar'), 'sparse']);
    return readFileSync(join(folder, 's.tar'));
  };
  const readAll = async (bytes: Buffer): Promise<void> => {
    for await (const _ of readTar([bytes]));
  };
  test.each([
    ['pieces beyond its end', (header: Buffer) => void header.write('00000000001\0', 483, 'latin1'), /out of order/],
    ['holes of a terabyte', (header: Buffer) => void header.write('77777777777\0', 483, 'latin1'), /holes of 8\d{9} bytes/],
    ['a length that is not there', (header: Buffer) => void header.write('00000020001\0', 398, 'latin1'), /says \d+ bytes/],
    ['no number', (header: Buffer) => void header.write('x', 386, 'latin1'), /something else than numbers/],
  ])('%s', async (_, edit, message) => {
    await expect(readAll(first(made(), edit))).rejects.toThrow(message);
  });
});
