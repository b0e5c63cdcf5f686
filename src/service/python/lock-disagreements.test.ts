import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cite } from '../../base/index.ts';
import { diskFiles } from '../../base/node.ts';
import { lockDisagreements } from '../index.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..', 'fixtures');
const read = async (fixture: string) => lockDisagreements(await diskFiles(join(ROOT, fixture, 'service')));

test.each(['python-uv-lock', 'python-poetry-lock', 'python-fastapi'])('%s and its lock agree', async (fixture) => {
  expect(await read(fixture)).toEqual([]);
});

test('a range, a version and a requirement that moved are named with both places', async () => {
  const found = await read('python-lock-disagrees');
  expect(found.map((d) => [d.what, cite(d.manifest), d.lock && cite(d.lock)])).toEqual([
    [
      'requires-python is `>=3.12`, the lock was made for `>=3.11, <3.14`',
      'pyproject.toml:5: requires-python = ">=3.12"',
      'uv.lock:3: requires-python = ">=3.11, <3.14"',
    ],
    [
      '`fastapi==0.115.6` is wanted, 0.115.5 is locked',
      'pyproject.toml:7: fastapi==0.115.6',
      expect.stringContaining('version = "0.115.5"'),
    ],
    ['`httpx` is not in the lock', 'pyproject.toml:8: httpx>=0.28', undefined],
    [
      '`fastapi==0.115.6` is wanted, the lock was made for `fastapi==0.115.5`',
      'pyproject.toml:7: fastapi==0.115.6',
      expect.stringContaining('{ name = "fastapi", specifier = "==0.115.5" }'),
    ],
  ]);
});
