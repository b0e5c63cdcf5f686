import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openMemo } from './memo-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-memo-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function remembering(path: string, values: Readonly<Record<string, unknown>>, maker = 'this code'): Promise<void> {
  const memo = await openMemo(path, maker);
  for (const [text, value] of Object.entries(values)) memo.remember('kind', text, value);
  await memo.save();
}

test('recalls what was remembered for the same kind and text, by the same code', async () => {
  const path = join(folder, 'new', 'memo.json');
  await remembering(path, { text: { deep: [1, null, 'ü'] } });
  const memo = await openMemo(path, 'this code');
  expect(memo.recall('kind', 'text')).toEqual({ deep: [1, null, 'ü'] });
  expect(memo.recall('kind', 'other text')).toBeUndefined();
  expect(memo.recall('other kind', 'text')).toBeUndefined();
  expect((await openMemo(path, 'newer code')).recall('kind', 'text')).toBeUndefined();
});

test('keeps only what was asked for since, and writes only when there is something new', async () => {
  const path = join(folder, 'small.json');
  await remembering(path, { a: 1, b: 2 });
  const unchanged = await openMemo(path, 'this code');
  unchanged.recall('kind', 'a');
  await unchanged.save();
  expect((await openMemo(path, 'this code')).recall('kind', 'b')).toBe(2);
  const changed = await openMemo(path, 'this code');
  changed.recall('kind', 'a');
  changed.remember('kind', 'c', 3);
  await changed.save();
  const after = await openMemo(path, 'this code');
  expect(['a', 'b', 'c'].map((text) => after.recall('kind', text))).toEqual([1, undefined, 3]);
});

test.each(['', '{', '[]', 'null', '{"value":{"maker":"this code"}}', '{"value":{"maker":"this code","made":7}}'])(
  'a damaged file is as none: %j',
  async (damaged) => {
    const path = join(folder, 'damaged.json');
    writeFileSync(path, damaged);
    expect((await openMemo(path, 'this code')).recall('kind', 'text')).toBeUndefined();
    await remembering(path, { text: 1 });
    expect((await openMemo(path, 'this code')).recall('kind', 'text')).toBe(1);
  },
);

test('a place that cannot be written is no error, and nothing half-written stays', async () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  await remembering(join(file, 'memo.json'), { text: 1 });
  expect(readFileSync(file, 'utf8')).toBe('');
  const full = mkdtempSync(join(folder, 'ro-'));
  chmodSync(full, 0o500);
  await remembering(join(full, 'memo.json'), { text: 1 });
  expect(readdirSync(full).filter((name) => name !== 'memo.json')).toEqual([]);
});
