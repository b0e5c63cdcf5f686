import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isAlive, pidNamespace, processIdentity } from './lock.ts';
import { openStore } from './store.ts';

const root = mkdtempSync(join(tmpdir(), 'plimsoll-store-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const DAYS_AGO = new Date(Date.now() - 3 * 24 * 3600 * 1000);

test('what processes left is swept, and what runs, here or in another container, is not', async () => {
  const own = pidNamespace();
  const dead = `${spawnSync('true').pid}.1`;
  const left = { [`${dead}-${own}-aa`]: false, [`${processIdentity(process.pid)}-${own}-bb`]: true, [`${dead}-1-cc`]: true };
  const old = `${dead}-1-dd`;
  for (const name of [...Object.keys(left), old]) mkdirSync(join(root, 'tmp', name, '1'), { recursive: true });
  utimesSync(join(root, 'tmp', old), DAYS_AGO, DAYS_AGO);
  const store = await openStore(root);
  await store.close();
  const kept = Object.fromEntries(Object.keys(left).map((name) => [name, existsSync(join(root, 'tmp', name))]));
  expect(kept).toEqual(left);
  expect(existsSync(join(root, 'tmp', old))).toBe(false);
});

test('an identity is that of one process, and not of another that has its id', () => {
  expect(isAlive(`${process.pid}.0`)).toBe(false);
  expect(isAlive(processIdentity(process.pid) ?? '')).toBe(true);
});

test.each([':', ';', '\n'])('a path with %j in it, which lists of paths cannot hold, is refused with a way out', async (separator) => {
  const root = join(tmpdir(), `plimsoll${separator}store`);
  await expect(openStore(root)).rejects.toMatchObject({ name: 'EnvironmentError', hint: expect.stringContaining('XDG_CACHE_HOME') });
  expect(existsSync(root)).toBe(false);
});
