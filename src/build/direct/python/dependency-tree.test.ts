import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { debianPlace, dependencyEntries } from './dependency-tree.ts';

const target = mkdtempSync(join(tmpdir(), 'plimsoll-tree-'));
afterAll(() => rmSync(target, { recursive: true, force: true }));

test('of what was installed only what may be changed is held in memory: the rest is read when the layer is written', async () => {
  const files = {
    'bin/tool': '#!/usr/bin/python3\nprint()\n',
    'pkg/__init__.py': 'x = 1\n'.repeat(100_000),
    'pkg/data.bin': 'x',
    'pkg/empty.py': '',
    'pkg/native.so': '\x7fELF and no more',
    'pkg-1.dist-info/RECORD': 'pkg/__init__.py,,\n../../bin/tool,sha256=x,1\n',
    'pkg-1.dist-info/direct_url.json': '{}',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), text);
  }
  const entries = await dependencyEntries({ target, place: debianPlace('3.13'), stripDebug: true });
  const held = entries.flatMap((entry) =>
    entry.type === 'file' && entry.content instanceof Uint8Array ? entry.path.split('/').at(-1) : [],
  );
  expect(held.toSorted()).toEqual(['RECORD', 'native.so', 'tool']);
  expect(entries.map(({ path }) => path.split('/').at(-1))).not.toContain('direct_url.json');
  expect(entries).toContainEqual(
    expect.objectContaining({
      path: 'usr/local/lib/python3.13/dist-packages/pkg/__init__.py',
      content: { file: join(target, 'pkg/__init__.py'), sizeBytes: 600_000 },
    }),
  );
  const [script] = entries.flatMap((entry) =>
    entry.type === 'file' && entry.path === 'usr/local/bin/tool' && entry.content instanceof Uint8Array ? Buffer.from(entry.content) : [],
  );
  expect(script?.toString()).toBe('#!/usr/bin/python3.13\nprint()\n');
});
