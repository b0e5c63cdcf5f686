import { expect, test } from 'vitest';
import { fileSeen, filesSeen, memoryFiles, pathSeen, shortestPath, type Files } from './index.ts';

test.each([
  ['', 'libs/a', 'libs/a'],
  ['libs/a', '../b', 'libs/b'],
  ['', '../b', '../b'],
  ['../..', './libs//a/', '../../libs/a'],
  ['a', '/etc', undefined],
])('from `%s`, `%s` is `%s`', (folder, target, seen) => {
  expect(pathSeen(folder, target)).toBe(seen);
});

test.each([
  ['services/api', '../../services/api', ''],
  ['services/api', '../../services/worker', '../worker'],
  ['services/api', '../../libs/common', '../../libs/common'],
  ['', 'libs/common', 'libs/common'],
])('the shortest way from `%s` along `%s` is `%s`', (place, path, shortest) => {
  expect(shortestPath(place, path)).toBe(shortest);
});

/** `services/api` in a repository. */
function service(): Files {
  const whole = memoryFiles({ 'libs/a/x.py': 'x', 'services/api/vendor/y.py': 'y', secret: 's' });
  const folder = async (path: string): Promise<Files> => (path === '' ? whole : ((await filesSeen(whole, path)) ?? whole));
  return { ...memoryFiles({ 'vendor/y.py': 'y' }), around: { at: 'services/api', folder } };
}

test('a folder is found below and around, and no further', async () => {
  const paths = async (path: string) => (await (await filesSeen(service(), path))?.list())?.map((entry) => entry.path);
  expect(await paths('vendor')).toEqual(['y.py']);
  expect(await paths('../../libs/a')).toEqual(['x.py']);
  expect(await paths('../../../other')).toBeUndefined();
  expect(await paths('nowhere')).toBeUndefined();
});

test('without anything around, nothing outside is read', async () => {
  const { around: _, ...alone } = service();
  expect(await fileSeen(alone, '../../secret')).toBeUndefined();
  expect(await fileSeen(service(), '../../secret')).toEqual(new TextEncoder().encode('s'));
  expect(await fileSeen(service(), '../../../secret')).toBeUndefined();
});
