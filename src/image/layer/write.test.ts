import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../base/index.ts';
import { openStore, sha256, type Store } from '../../base/node.ts';
import type { LayerEntry } from '../types.ts';
import { imageFromLayers } from '../from-layers.ts';
import { flatten } from './flatten.ts';
import { readLayerEntries } from './read.ts';
import { writeLayer } from './write.ts';

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-layer-'));
  store = await openStore(join(folder, 'store'));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const options = { mtimeSeconds: 1_700_000_000, createdBy: 'a test' };
const own = { mode: 0o644, uid: 0, gid: 0 };
const file = (path: string, text = path, over = {}): LayerEntry => ({ ...own, type: 'file', path, content: Buffer.from(text), ...over });
const directory = (path: string, mode = 0o755): LayerEntry => ({ type: 'directory', path, mode, uid: 0, gid: 0 });
const hardlink = (path: string, target: string): LayerEntry => ({ ...own, type: 'hardlink', path, target });

async function tarOf(entries: Iterable<LayerEntry>): Promise<Buffer> {
  const layer = await writeLayer(entries, options, store);
  return gunzipSync(await store.read(layer.descriptor.digest));
}
const pathsOf = async (entries: Iterable<LayerEntry>): Promise<string[]> => {
  const found: string[] = [];
  for await (const record of readLayerEntries([await tarOf(entries)])) found.push(record.path);
  return found;
};

const tree: readonly LayerEntry[] = [
  file('usr/bin/tool', 'tool', { mode: 0o4755 }),
  file('usr/bin-a', 'sorts between usr/bin and its children'),
  hardlink('a-link', 'usr/bin/tool'),
  hardlink('b-link', 'a-link'),
  { type: 'symlink', path: 'bin', target: 'usr/bin', mode: 0o777, uid: 0, gid: 0 },
  directory('tmp', 0o1777),
  file('home/me/data', 'x', { uid: 10_001, gid: 10_001 }),
];

describe('order', () => {
  test('parents stand before children, missing ones are made, hard links stand after their files', async () => {
    expect(await pathsOf(tree)).toEqual([
      'bin',
      'home',
      'home/me',
      'home/me/data',
      'tmp',
      'usr',
      'usr/bin',
      'usr/bin-a',
      'usr/bin/tool',
      'a-link',
      'b-link',
    ]);
  });

  test('any order of the input gives the same digest', async () => {
    const expected = await writeLayer(tree, options, store);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...tree], { minLength: tree.length }), async (entries) => {
        expect(await writeLayer(entries, options, store)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  test('GNU tar lists owners, modes, times and links as they were given', async () => {
    const listing = execFileSync('tar', ['--numeric-owner', '-tvf', '-'], {
      input: await tarOf(tree),
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC' },
    });
    expect(
      listing
        .trim()
        .split('\n')
        .map((line) => line.replace(/ +/g, ' ')),
    ).toEqual([
      'lrwxrwxrwx 0/0 0 2023-11-14 22:13 bin -> usr/bin',
      'drwxr-xr-x 0/0 0 2023-11-14 22:13 home/',
      'drwxr-xr-x 0/0 0 2023-11-14 22:13 home/me/',
      '-rw-r--r-- 10001/10001 1 2023-11-14 22:13 home/me/data',
      'drwxrwxrwt 0/0 0 2023-11-14 22:13 tmp/',
      'drwxr-xr-x 0/0 0 2023-11-14 22:13 usr/',
      'drwxr-xr-x 0/0 0 2023-11-14 22:13 usr/bin/',
      '-rw-r--r-- 0/0 38 2023-11-14 22:13 usr/bin-a',
      '-rwsr-xr-x 0/0 4 2023-11-14 22:13 usr/bin/tool',
      'hrwsr-xr-x 0/0 0 2023-11-14 22:13 a-link link to usr/bin/tool',
      'hrwsr-xr-x 0/0 0 2023-11-14 22:13 b-link link to usr/bin/tool',
    ]);
  });

  test('the descriptor says what lies in the store', async () => {
    const layer = await writeLayer(tree, options, store);
    const blob = await store.read(layer.descriptor.digest);
    const tar = gunzipSync(blob);
    expect(layer).toEqual({
      descriptor: { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: sha256(blob), size: blob.length },
      diffId: sha256(tar),
      uncompressedSize: tar.length,
      createdBy: 'a test',
    });
  });
});

describe('what makes no layer is refused by name', () => {
  test.each<[string, LayerEntry[], string]>([
    ['a path that climbs out', [file('a/../../etc/passwd')], 'is not inside the layer'],
    ['an absolute path', [file('/etc/passwd')], 'is not inside the layer'],
    ['an empty path', [file('')], 'is not inside the layer'],
    ['a path with a dot', [file('./a')], 'is not in its plain form'],
    ['a path with a last slash', [directory('a/')], 'is not in its plain form'],
    ['a path with NUL', [file('a\0b')], 'is not in its plain form'],
    ['a path given twice', [file('a'), directory('a')], 'is given twice'],
    ['a file below a file', [file('a'), file('a/b')], 'which is no directory but a file'],
    [
      'a file below a link',
      [{ type: 'symlink', path: 'lib', target: '/etc', mode: 0o777, uid: 0, gid: 0 }, file('lib/x/y')],
      'no directory but a symlink',
    ],
    ['a hard link to nothing', [hardlink('a', 'b')], 'is no file of this layer'],
    ['a hard link to a directory', [hardlink('a', 'b'), directory('b')], 'is no file of this layer'],
    ['a circle of hard links', [hardlink('a', 'b'), hardlink('b', 'a')], 'is no file of this layer'],
    ['a name that deletes when unpacked', [file('app/.wh.config')], 'would delete files when unpacked'],
    ['a mode beyond permissions', [file('a', 'x', { mode: 0o100644 })], 'has mode'],
    ['an owner that no file can have', [file('a', 'x', { uid: 2 ** 32 - 1 })], 'has owner'],
  ])('%s', async (_, entries, what) => {
    const error: unknown = await writeLayer(entries, options, store).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toContain(what);
  });
});

describe('files on disk', () => {
  const onDisk = (path: string, content: Uint8Array | string, sizeBytes = content.length): LayerEntry => {
    const name = join(folder, path.replaceAll('/', '_'));
    writeFileSync(name, content);
    return { ...own, type: 'file', path, content: { file: name, sizeBytes } };
  };

  test('small and large ones come through whole, and give the layer that memory gives', async () => {
    const large = Buffer.alloc(700_001, 'large ');
    const disk = [onDisk('large', large), ...Array.from({ length: 40 }, (_, i) => onDisk(`small/${i}`, `file ${i}`)), onDisk('empty', '')];
    const memory = [
      file('large', large.toString()),
      ...Array.from({ length: 40 }, (_, i) => file(`small/${i}`, `file ${i}`)),
      file('empty', ''),
    ];
    expect(await writeLayer(disk, options, store)).toEqual(await writeLayer(memory, options, store));
  });

  test.each([
    ['small', 10],
    ['large', 700_000],
  ])('a %s one that grew, shrank, has another content or vanished is named', async (_, size) => {
    const refused = async (entry: LayerEntry): Promise<string> => {
      const error: unknown = await writeLayer([entry], options, store).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UserError);
      return (error as Error).message;
    };
    const grown = onDisk('grown', Buffer.alloc(size + 1), size);
    const shrunk = onDisk('shrunk', Buffer.alloc(size - 1), size);
    expect(await refused(grown)).toBe(`\`${join(folder, 'grown')}\` changed while it was read (it had ${size} bytes)`);
    expect(await refused(shrunk)).toBe(`\`${join(folder, 'shrunk')}\` changed while it was read (it had ${size} bytes)`);
    const other = onDisk('other', Buffer.alloc(size, 'a'));
    const content = { file: join(folder, 'other'), sizeBytes: size, digest: sha256(Buffer.alloc(size, 'b')) };
    expect(await refused({ ...other, type: 'file', content })).toBe(`\`${content.file}\` changed while it was read (it had ${size} bytes)`);
    const gone = onDisk('gone', Buffer.alloc(size));
    rmSync(join(folder, 'gone'));
    expect(await refused(gone)).toBe(`\`${join(folder, 'gone')}\` vanished while it was read`);
  });

  test('a layer that fails leaves nothing in the store', async () => {
    const before = execFileSync('find', [join(folder, 'store', 'blobs'), '-type', 'f'], { encoding: 'utf8' });
    const gone = onDisk('gone', Buffer.alloc(3_000_000));
    rmSync(join(folder, 'gone'));
    await expect(writeLayer([file('a'), gone], options, store)).rejects.toThrow('vanished');
    expect(execFileSync('find', [join(folder, 'store', 'blobs'), '-type', 'f'], { encoding: 'utf8' })).toBe(before);
  });
});

test('a layer over 1 MiB, made in a thread, is read back by gzip itself', async () => {
  const body = await readFile(process.execPath).then((bytes) => bytes.subarray(0, 3_000_000));
  const layer = await writeLayer([{ ...own, type: 'file', path: 'node', content: body }], options, store);
  const path = await store.pathOf(layer.descriptor.digest);
  const tar = execFileSync('gzip', ['-dc', path], { maxBuffer: 1 << 26 });
  expect(sha256(tar)).toBe(layer.diffId);
});

test('what is hidden is gone from lower layers, and what the layer has beside it stays', async () => {
  const below = await writeLayer([file('lib/old', 'x'), file('lib/kept', 'x'), file('lib/info/a', 'x')], options, store);
  const above = await writeLayer([file('lib/new', 'x')], { ...options, hidden: ['lib/old', 'lib/info'] }, store);
  const tree = await flatten(await imageFromLayers({ os: 'linux', architecture: 'amd64' }, [below, above], store).layers());
  expect([...tree.entries.keys()]).toEqual(['lib', 'lib/kept', 'lib/new']);
});
