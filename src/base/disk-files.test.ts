import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { diskFiles } from './disk-files.ts';
import { fileSeen, filesSeen } from './index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-disk-'));
  for (const path of ['outside/lib', 'repository/service', 'repository/libs/own']) await mkdir(join(folder, path), { recursive: true });
  await writeFile(join(folder, 'outside/lib/secret.py'), 'secret');
  await writeFile(join(folder, 'repository/libs/own/own.py'), 'own');
  await symlink('../../outside/lib', join(folder, 'repository/libs/common'));
  await symlink('../../../outside/lib/secret.py', join(folder, 'repository/libs/own/link.py'));
  await symlink('own', join(folder, 'repository/libs/alias'));
});
afterAll(() => rm(folder, { recursive: true }));

const service = () => diskFiles(join(folder, 'repository/service'), new Set(), join(folder, 'repository'));

test('what is around is read, through links inside the repository too', async () => {
  const own = await filesSeen(await service(), '../libs/own');
  expect(new TextDecoder().decode(await own?.read('own.py'))).toBe('own');
  const alias = await filesSeen(await service(), '../libs/alias');
  expect(new TextDecoder().decode(await alias?.read('own.py'))).toBe('own');
  expect(new TextDecoder().decode(await fileSeen(await service(), '../libs/own/own.py'))).toBe('own');
});

test('no link leads out of the repository', async () => {
  expect(await filesSeen(await service(), '../libs/common')).toBeUndefined();
  expect(await fileSeen(await service(), '../libs/common/secret.py')).toBeUndefined();
  const own = await filesSeen(await service(), '../libs/own');
  await expect(own?.read('link.py')).rejects.toThrow(/leads out of the repository/);
});
