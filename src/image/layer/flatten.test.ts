import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { EnvironmentError } from '../../base/index.ts';
import { encodeHead, endOfTar, paddingOf, type TarHead } from '../tar/index.ts';
import { flatten } from './flatten.ts';
import { readLayerEntries } from './read.ts';
import { layerTars } from './tars.ts';

type Item = Partial<TarHead> & { readonly path: string; readonly text?: string };

function layer(...items: readonly Item[]): Buffer {
  const parts = items.flatMap(({ text = '', ...over }) => {
    const body = Buffer.from(text);
    return [
      encodeHead({ type: 'file', mode: 0o644, uid: 0, gid: 0, mtimeSeconds: 0, sizeBytes: body.length, ...over }),
      body,
      new Uint8Array(paddingOf(body.length)),
    ];
  });
  return Buffer.concat([...parts, endOfTar()]);
}
async function* stream(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}
const tarLayer = (bytes: Uint8Array): { tar: () => AsyncIterable<Uint8Array> } => ({ tar: () => stream(bytes) });
const treeOf = (...layers: readonly (readonly Item[])[]): ReturnType<typeof flatten> =>
  flatten(layers.map((items) => tarLayer(layer(...items))));
const directory = (path: string, mode = 0o755): Item => ({ path, type: 'directory', mode });
const symlink = (path: string, target: string): Item => ({ path, type: 'symlink', target });

describe('layers over one another', () => {
  test('a later file hides an earlier one, and each knows its layer', async () => {
    const tree = await treeOf(
      [directory('a'), { path: 'a/x', text: 'old' }, { path: 'a/y', text: 'stays' }],
      [{ path: 'a/x', text: 'newer' }],
    );
    expect([...tree.entries].map(([path, { layer: from, sizeBytes }]) => [path, from, sizeBytes])).toEqual([
      ['a', 0, 0],
      ['a/x', 1, 5],
      ['a/y', 0, 5],
    ]);
    expect(Buffer.from(await tree.read('/a/x')).toString()).toBe('newer');
  });

  test('a whiteout removes what lower layers have, with all below, and nothing of its own layer', async () => {
    const tree = await treeOf(
      [directory('a'), { path: 'a/x' }, directory('b'), { path: 'b/y' }],
      [{ path: 'a/new' }, { path: '.wh.a' }, { path: 'b/.wh.y' }],
    );
    expect([...tree.entries.keys()]).toEqual(['a', 'a/new', 'b']);
  });

  test('where a folder leads is asked again when a link or a file has come in its way', async () => {
    const leads = await treeOf([symlink('l', 'q/../p'), { path: 'l/a' }, symlink('q', 'd/e'), { path: 'l/b' }]);
    expect([...leads.entries.keys()]).toEqual(['d', 'd/p', 'd/p/b', 'l', 'p', 'p/a', 'q']);
    const replaced = await treeOf([{ path: 'x/y/a' }, { path: 'z' }, { path: 'x' }, { path: 'x/y/b' }]);
    expect([...replaced.entries.keys()]).toEqual(['x', 'x/y', 'x/y/b', 'z']);
  });

  test('an opaque directory keeps only what its own layer has, wherever the mark stands', async () => {
    const tree = await treeOf(
      [directory('a'), { path: 'a/x' }, { path: 'a/y' }],
      [directory('a', 0o700), { path: 'a/new' }, { path: 'a/.wh..wh..opq' }],
    );
    expect([...tree.entries.keys()]).toEqual(['a', 'a/new']);
    expect(tree.entries.get('a')?.record).toMatchObject({ mode: 0o700 });
  });

  test('a file over a directory removes what was in it, a directory over a directory does not', async () => {
    const tree = await treeOf(
      [directory('a'), { path: 'a/x' }, directory('b'), { path: 'b/y' }],
      [{ path: 'a', text: 'file' }, directory('b', 0o711)],
    );
    expect([...tree.entries.keys()]).toEqual(['a', 'b', 'b/y']);
    expect(tree.entries.get('b')).toMatchObject({ layer: 1, record: { mode: 0o711 } });
  });

  test('what lies below a link of a lower layer goes where the link leads', async () => {
    const tree = await treeOf(
      [directory('usr/lib'), symlink('lib', 'usr/lib')],
      [{ path: 'lib/x.so', text: 'elf' }, { path: 'lib/.wh.none' }],
    );
    expect([...tree.entries.keys()]).toEqual(['lib', 'usr', 'usr/lib', 'usr/lib/x.so']);
    expect(tree.entries.get('usr/lib/x.so')?.record.path).toBe('usr/lib/x.so');
  });

  test('a hard link has the content of its file, even when the file goes', async () => {
    const tree = await treeOf(
      [
        { path: 'x', text: 'content' },
        { path: 'y', type: 'hardlink', target: './x' },
      ],
      [{ path: '.wh.x' }],
    );
    expect([...tree.entries.keys()]).toEqual(['y']);
    expect(tree.entries.get('y')?.sizeBytes).toBe(7);
    expect(Buffer.from(await tree.read('y')).toString()).toBe('content');
  });

  test('links are followed with the image as root, and a loop ends at nothing', async () => {
    const tree = await treeOf([
      { path: 'usr/bin/python3.11', text: 'elf' },
      symlink('usr/bin/python3', 'python3.11'),
      symlink('bin', '/usr/bin'),
      symlink('etc/python', '../../../../bin/python3'),
      symlink('loop', 'loop'),
      symlink('gone', 'nowhere'),
    ]);
    expect(
      ['/bin/python3', 'etc/python', '/usr//bin/./python3.11', '/loop', '/gone', '/nothing', '/usr/bin/../bin/python3'].map(tree.resolve),
    ).toEqual(['usr/bin/python3.11', 'usr/bin/python3.11', 'usr/bin/python3.11', undefined, undefined, undefined, 'usr/bin/python3.11']);
    await expect(tree.read('/gone')).rejects.toThrow('the image has no file `/gone`');
    await expect(tree.read('/usr/bin')).rejects.toThrow('the image has no file `/usr/bin`');
  });

  test('contents are the same when the tars do not fit in memory', async () => {
    const bytes = layer({ path: 'a', text: 'x'.repeat(1500) }, { path: 'b', text: 'y'.repeat(2500) });
    for (const memory of [0, bytes.length - 1, bytes.length]) {
      const tars = layerTars([tarLayer(bytes)], memory);
      for await (const _ of tars.reading(0));
      expect(Buffer.from(await tars.slice(0, 512, 1500)).toString()).toBe('x'.repeat(1500));
      expect(Buffer.from(await tars.slice(0, 512 * 5, 2500)).toString()).toBe('y'.repeat(2500));
    }
  });

  test('unpacking with GNU tar gives the same files', async () => {
    const tree = await treeOf([directory('a'), { path: 'a/x', text: '1' }], [{ path: 'a/z', text: '2' }]);
    const both = [layer(directory('a'), { path: 'a/x', text: '1' }), layer({ path: 'a/z', text: '2' })];
    const listed = both.flatMap((tar) => execFileSync('tar', ['-tf', '-'], { input: tar, encoding: 'utf8' }).trim().split('\n'));
    expect([...tree.entries.keys()]).toEqual(listed.map((line) => line.replace(/\/$/, '')).toSorted());
  });
});

describe('one layer', () => {
  test('devices, pipes, attributes and whiteouts are told apart', async () => {
    const records = [];
    const xattrs = new Map([['user.a', new Uint8Array([0, 255])]]);
    const tar = layer(
      { path: 'dev/null', type: 'character', device: { major: 1, minor: 3 } },
      { path: 'pipe', type: 'fifo' },
      { path: 'a/.wh.x' },
      { path: '.wh..wh..opq' },
      { path: './', type: 'directory' },
      { path: '/f', xattrs },
    );
    for await (const record of readLayerEntries([tar])) records.push(record);
    expect(records).toMatchObject([
      { type: 'character', path: 'dev/null', device: { major: 1, minor: 3 } },
      { type: 'fifo', path: 'pipe' },
      { type: 'whiteout', path: 'a/x' },
      { type: 'opaque', path: '' },
      { type: 'directory', path: '' },
      { type: 'file', path: 'f', xattrs },
    ]);
  });

  test.each<[string, Item]>([
    ['a path that climbs out', { path: 'a/../../etc/passwd' }],
    ['a hard link that climbs out', { path: 'a', type: 'hardlink', target: '../../etc/shadow' }],
    ['a whiteout of a parent', { path: 'a/.wh...' }],
    ['a whiteout of nothing', { path: 'a/.wh.' }],
    ['a path longer than any file system takes', { path: 'a/'.repeat(3000) }],
  ])('%s is refused with its place', async (_, item) => {
    const error: unknown = await treeOf([{ path: 'first' }, item]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EnvironmentError);
    expect((error as Error).message).toMatch(/^layer 1: broken tar at byte \d+: /);
  });

  test('thousands of entries and as many whiteouts end in an empty folder', async () => {
    const many = Array.from({ length: 5_000 }, (_, i) => ({ path: `d/${i}` }));
    const gone = many.map(({ path }) => ({ path: path.replace('/', '/.wh.') }));
    expect((await treeOf(many, gone)).entries.size).toBe(1);
  });
});
