import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openStore, type Store } from '../../base/node.ts';
import { flatten, imageFromLayers, installationAt, writeLayer, type ImageTree, type LayerEntry } from '../index.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-installation-'));
let store: Store | undefined;
afterAll(async () => {
  await store?.close();
  rmSync(folder, { recursive: true, force: true });
});

const file = (path: string, text = ''): LayerEntry => ({ type: 'file', path, mode: 0o755, uid: 0, gid: 0, content: Buffer.from(text) });
const link = (path: string, target: string): LayerEntry => ({ type: 'symlink', path, target, mode: 0o777, uid: 0, gid: 0 });

async function treeOf(entries: readonly LayerEntry[]): Promise<ImageTree> {
  store ??= await openStore(join(folder, 'store'));
  const layer = await writeLayer(entries, { mtimeSeconds: 0, createdBy: 'test' }, store);
  return flatten(await imageFromLayers({ os: 'linux', architecture: 'amd64' }, [layer], store).layers());
}

test.each([
  [
    'Debian’s, in /usr',
    [file('usr/bin/python3.11'), file('usr/lib/python3.11/os.py'), file('usr/lib/python3.11/site.py', 'lib/python3/dist-packages')],
    'usr/bin/python3.11',
    { version: '3.11', install: 'usr/local/lib/python3.11/dist-packages' },
  ],
  [
    'Alpine’s, in /usr',
    [file('usr/bin/python3.12'), file('usr/lib/python3.12/os.py'), file('usr/lib/python3.12/site.py', 'site-packages')],
    'usr/bin/python3.12',
    { version: '3.12', install: 'usr/lib/python3.12/site-packages' },
  ],
  [
    'Fedora’s, in lib64',
    [
      file('usr/bin/python3.9'),
      link('usr/bin/python3', 'python3.9'),
      file('usr/lib64/python3.9/os.py'),
      file('usr/lib64/python3.9/site.py'),
    ],
    'usr/bin/python3',
    { version: '3.9', standard: 'usr/lib64/python3.9', install: 'usr/lib/python3.9/site-packages' },
  ],
  [
    'one that was compiled, in /usr/local',
    [file('usr/local/bin/python3.12'), file('usr/local/lib/python3.12/os.py')],
    'usr/local/bin/python3.12',
    { version: '3.12', install: 'usr/local/lib/python3.12/site-packages' },
  ],
  [
    'a virtual environment of another one',
    [
      file('usr/bin/python3.11'),
      file('usr/lib/python3.11/os.py'),
      file('opt/venv/pyvenv.cfg', 'home = /usr/bin\n'),
      link('opt/venv/bin/python', '/usr/bin/python3.11'),
    ],
    'opt/venv/bin/python',
    { binary: 'usr/bin/python3.11', install: 'opt/venv/lib/python3.11/site-packages' },
  ],
])('%s: where it is, and where packages are installed to', async (_, entries, written, expected) => {
  expect(await installationAt(await treeOf(entries), written)).toMatchObject(expected);
});

test('a program without a standard library beside it is no installation', async () => {
  expect(await installationAt(await treeOf([file('usr/bin/python3.11')]), 'usr/bin/python3.11')).toBeUndefined();
});
