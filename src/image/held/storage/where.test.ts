import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { storageOf, type Asker } from './where.ts';

const place = mkdtempSync(join(tmpdir(), 'plimsoll-where-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const put = (path: string, text: string): string => {
  mkdirSync(dirname(join(place, path)), { recursive: true });
  writeFileSync(join(place, path), text);
  return join(place, path);
};
const storage = (path: string, driver: string): string => dirname(dirname(put(`${path}/${driver}-images/images.json`, '[]')));
const asker = (over: Partial<Asker>): Asker => ({ env: {}, uid: 1000, home: join(place, 'home'), systemFiles: [], ...over });
const conf = (name: string, lines: string): string => put(name, `[storage]\n${lines}\n[storage.options]\nadditionalimagestores = []\n`);

test('an ordinary user’s storage is under its home, or where XDG_DATA_HOME says', async () => {
  const graphRoot = storage('home/.local/share/containers/storage', 'overlay');
  expect(await storageOf(asker({}))).toEqual({ graphRoot, driver: 'overlay' });
  const data = storage('data/containers/storage', 'vfs');
  expect(await storageOf(asker({ env: { XDG_DATA_HOME: join(place, 'data') } }))).toEqual({ graphRoot: data, driver: 'vfs' });
});

test('settings decide: the user’s own file, rootless_storage_path of the system’s, CONTAINERS_STORAGE_CONF before both', async () => {
  const [one, two, three] = [storage('one', 'vfs'), storage('two/1000/kim', 'vfs'), storage('three', 'vfs')];
  const system = conf('etc/storage.conf', `driver = "vfs"\ngraphroot = "/of/root"\nrootless_storage_path = "${place}/two/$UID/\${USER}"`);
  const systemFiles = [join(place, 'etc/none.conf'), system];
  expect(await storageOf(asker({ env: { USER: 'kim' }, systemFiles }))).toEqual({ graphRoot: two, driver: 'vfs' });
  conf('config/containers/storage.conf', `graphroot = "${one}"`);
  const own = { XDG_CONFIG_HOME: join(place, 'config') };
  expect(await storageOf(asker({ env: own, systemFiles }))).toEqual({ graphRoot: one, driver: 'vfs' });
  const named = { ...own, CONTAINERS_STORAGE_CONF: conf('named.conf', `graphroot = "${three}"\nrootless_storage_path = "${one}"`) };
  expect(await storageOf(asker({ env: named, systemFiles }))).toEqual({ graphRoot: one, driver: 'vfs' });
  expect(await storageOf(asker({ uid: 0, env: named, systemFiles }))).toEqual({ graphRoot: three, driver: 'vfs' });
});

test('where Podman may mean something else, nothing is read: another machine, two drivers, one that is not there', async () => {
  storage('both', 'vfs');
  const graphRoot = storage('both', 'overlay');
  const both = { CONTAINERS_STORAGE_CONF: conf('both.conf', `rootless_storage_path = "${graphRoot}"`) };
  expect(await storageOf(asker({ env: both }))).toBe(undefined);
  expect(await storageOf(asker({ env: { ...both, STORAGE_DRIVER: 'vfs' } }))).toEqual({ graphRoot, driver: 'vfs' });
  expect(await storageOf(asker({ env: { ...both, STORAGE_DRIVER: 'btrfs' } }))).toBe(undefined);
  expect(await storageOf(asker({ env: { ...both, STORAGE_DRIVER: 'vfs', CONTAINER_HOST: 'ssh://there' } }))).toBe(undefined);
  const versionsDiffer = { CONTAINERS_STORAGE_CONF: conf('differ.conf', `driver = "vfs"\ngraphroot = "${graphRoot}"`) };
  expect(await storageOf(asker({ env: versionsDiffer }))).toBe(undefined);
});

test('settings that are no TOML are told with their line', async () => {
  const env = { CONTAINERS_STORAGE_CONF: put('broken.conf', '[storage]\ngraphroot = ?\n') };
  await expect(storageOf(asker({ env }))).rejects.toThrow(/broken\.conf:2:/);
});
