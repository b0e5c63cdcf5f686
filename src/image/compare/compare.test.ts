import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore, type Store } from '../../base/node.ts';
import { imageFromLayers } from '../from-layers.ts';
import { imageOf } from '../image.ts';
import { writeLayer } from '../layer/write.ts';
import type { BuiltLayer, Image, LayerEntry } from '../types.ts';
import { folderChanges, packageChanges, summariesOf, type ImageSummary } from './index.ts';

let store: Store;
beforeAll(async () => {
  store = await openStore();
});
afterAll(() => store.close());

const file = (path: string, text: string | Uint8Array, mode = 0o644): LayerEntry => ({
  type: 'file',
  path,
  mode,
  uid: 0,
  gid: 0,
  content: typeof text === 'string' ? Buffer.from(text) : text,
});

/** An image of these layers. */
async function summary(layers: readonly (readonly LayerEntry[])[], config = {}): Promise<ImageSummary> {
  const built = await Promise.all(layers.map((entries, i) => writeLayer(entries, { mtimeSeconds: 0, createdBy: `layer ${i}` }, store)));
  const image = imageFromLayers({ os: 'linux', architecture: 'amd64', config }, built, store);
  return (await summariesOf(image, image))[0];
}

test('what a later layer replaces is hidden, and not among the files', async () => {
  const it = await summary([
    [file('a', 'x'.repeat(1000)), file('b', 'x'.repeat(200)), file('c', 'x'.repeat(30))],
    [file('a', 'y'.repeat(4))],
  ]);
  expect({ hidden: it.size.hidden, files: it.files, sizes: [...it.sizes] }).toEqual({
    hidden: 1000,
    files: 3,
    sizes: [
      ['a', 4],
      ['b', 200],
      ['c', 30],
    ],
  });
  expect(it.size.uncompressed % 512).toBe(0);
});

test('what only a hard link leads to is no less there', async () => {
  const link = (path: string, target: string): LayerEntry => ({ type: 'hardlink', path, target, mode: 0o4755, uid: 0, gid: 0 });
  const it = await summary([[file('a', 'x'.repeat(1000), 0o4755), link('b', 'a'), link('c', 'a')], [file('a', 'y')]]);
  expect({ hidden: it.size.hidden, sizes: [...it.sizes], setuid: it.setuid }).toEqual({
    hidden: 0,
    sizes: [
      ['a', 1],
      ['b', 1000],
    ],
    setuid: ['/b'],
  });
});

test('shells, package managers and compilers by their programs; a link that leads nowhere is none', async () => {
  const it = await summary([
    [
      file('usr/bin/dash', 'x', 0o755),
      { type: 'symlink', path: 'usr/bin/sh', target: 'dash', mode: 0o777, uid: 0, gid: 0 },
      { type: 'symlink', path: 'usr/bin/bash', target: 'gone', mode: 0o777, uid: 0, gid: 0 },
      file('usr/bin/apt-get', 'x', 0o755),
      file('usr/bin/gcc-12', 'x', 0o755),
      file('usr/bin/passwd', 'x', 0o4755),
      file('srv/sh', 'x', 0o755),
    ],
  ]);
  expect(it.tools).toEqual({
    shells: ['/usr/bin/dash', '/usr/bin/sh'],
    packageManagers: ['/usr/bin/apt-get'],
    compilers: ['/usr/bin/gcc-12'],
  });
  expect(it.setuid).toEqual(['/usr/bin/passwd']);
});

test('each layer is read once, also one that both images have', async () => {
  const [shared, old, fresh] = await Promise.all(
    ['shared', 'old', 'fresh'].map((name) => writeLayer([file(name, name)], { mtimeSeconds: 0, createdBy: name }, store)),
  );
  const read: string[] = [];
  const counted = (...layers: BuiltLayer[]): Image => {
    const { manifest, blob } = imageFromLayers({ os: 'linux', architecture: 'amd64', config: {} }, layers, store);
    return imageOf({ manifest, blob: (it) => (read.push(it.digest), blob(it)) });
  };
  const [before, after] = await summariesOf(counted(shared!, old!), counted(shared!, fresh!, shared!));
  expect([...before.sizes.keys(), ...after.sizes.keys()]).toEqual(['old', 'shared', 'fresh', 'shared']);
  for (const { descriptor } of [shared!, old!, fresh!]) expect(read.filter((it) => it === descriptor.digest)).toHaveLength(1);
});

test('a record that is another name of one is read', async () => {
  const at = (folder: string): string => `${folder}/lib/python3.12/site-packages/flask-3.0.dist-info/METADATA`;
  const link = { type: 'hardlink', path: at('two'), target: at('one'), mode: 0o644, uid: 0, gid: 0 } as const;
  const it = await summary([[file(at('one'), 'Name: flask\nVersion: 3.0\n'), link], [file(at('one'), 'Name: flask\nVersion: 4.0\n')]]);
  expect(Object.fromEntries(it.packages)).toEqual({ 'python flask': '3.0, 4.0' });
});

const STATUS = '/var/lib/dpkg/status';
test.skipIf(!existsSync(STATUS))("Debian's packages are those that dpkg-query names", async () => {
  const it = await summary([[file(STATUS.slice(1), readFileSync(STATUS))]]);
  const said = execFileSync('dpkg-query', ['--show', '--showformat=${db:Status-Abbrev}\t${Package}\t${Version}\n'], { encoding: 'utf8' });
  const installed = said
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([state]) => state?.startsWith('i') || state?.startsWith('h'));
  expect([...it.packages]).toEqual(expect.arrayContaining(installed.map(([, name, version]) => [`debian ${name}`, version])));
  expect(it.packages.size).toBe(new Set(installed.map(([, name]) => name)).size);
});

test('packages of Alpine and of Python; a description that looks like fields counts for nothing', async () => {
  const it = await summary([
    [
      file('lib/apk/db/installed', 'C:Q1\nP:musl\nV:1.2.5-r0\nA:x86_64\n\nP:busybox\nV:1.36\n'),
      file(
        'usr/lib/python3.11/site-packages/flask-3.0.dist-info/METADATA',
        'Metadata-Version: 2.1\nName: Flask\nVersion: 3.0\n\nName: other\nVersion: 9\n',
      ),
    ],
  ]);
  expect(Object.fromEntries(it.packages)).toEqual({ 'alpine musl': '1.2.5-r0', 'alpine busybox': '1.36', 'python Flask': '3.0' });
});

test('changes: packages by name, folders by size', async () => {
  const metadata = (version: string): string => `Name: flask\nVersion: ${version}\n`;
  const at = 'opt/venv/lib/python3.11/site-packages';
  const before = await summary([
    [
      file(`${at}/flask-1.dist-info/METADATA`, metadata('1')),
      file(`${at}/flask/app.py`, 'x'.repeat(10)),
      file('app/x/y/z/a', 'x'.repeat(500)),
    ],
  ]);
  const after = await summary([
    [
      file(`${at}/flask-2.dist-info/METADATA`, metadata('2')),
      file(`${at}/flask/sub/app.py`, 'x'.repeat(2000)),
      file('app/x/y/w/a', 'x'.repeat(500)),
    ],
  ]);
  expect(packageChanges(before, after)).toEqual([{ name: 'python flask', before: '1', after: '2' }]);
  expect(folderChanges(before, after)[0]).toEqual({ folder: `/${at}/flask`, before: 10, after: 2000 });
  expect(folderChanges(before, after).map(({ folder }) => folder)).not.toContain('/app/x/y');
});
