import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { withLock } from './lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-lock-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Sixteen works under one lock; the most that were in it at one time. */
async function crowd(path: string): Promise<number> {
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await sleep(1);
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 16 }, () => withLock(path, work)));
  return most;
}

test('one at a time, and nothing is left', async () => {
  const path = join(folder, 'plain');
  expect(await crowd(path)).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ['whose process died', `${spawnSync('true').pid}.1`],
  ['that holds no name', ''],
])('a lock %s is taken over, by one at a time', async (_, holder) => {
  const path = join(folder, 'stale');
  writeFileSync(path, holder);
  expect(await crowd(path)).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

test('it is given back when the work fails', async () => {
  const path = join(folder, 'failing');
  await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(existsSync(path)).toBe(false);
});
