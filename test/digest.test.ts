import { chmodSync, chownSync, copyFileSync, mkdirSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { copyOf, fixtures, isRoot, plimsoll, root, scratch, type Options } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);
const lockFrom = join(place.folder, 'first');

/** Builds a copy of the example with an empty store of its own; the lock of the first build fixes the versions. */
async function digestIn(name: string, options: Options = {}): Promise<string> {
  const folder = copyOf(join(root, 'examples/weather-tracker'), join(place.folder, name));
  if (name !== 'first') copyFileSync(join(lockFrom, 'plimsoll.lock'), join(folder, 'plimsoll.lock'));
  const cache = join(place.folder, `${name.replaceAll('/', '-')}-cache`);
  mkdirSync(cache, { recursive: true });
  if (options.uid !== undefined)
    for (const path of [
      place.folder,
      cache,
      folder,
      ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((p) => join(folder, p)),
    ])
      chownSync(path, options.uid, options.uid);
  const end = await plimsoll(['build', folder, '--json'], { ...options, env: { XDG_CACHE_HOME: cache, ...options.env } });
  expect(end.stderr.includes('error:') ? end.stderr : '').toBe('');
  expect(end.code).toBe(0);
  return (JSON.parse(end.stdout) as { image: { digest: string } }).image.digest;
}

describe('the same inputs give the same digest', () => {
  test('in another folder, umask, time zone, locale and order of listing, with other times on the files, from an empty store', async () => {
    const first = await digestIn('first');
    const preload = `--require ${join(root, 'test/shuffle-readdir.cjs')}`;
    const folder = 'elsewhere/a b';
    mkdirSync(join(place.folder, 'elsewhere'));
    const second = await digestIn(folder, {
      env: { TZ: 'Asia/Kathmandu', LC_ALL: 'tr_TR.UTF-8', NODE_OPTIONS: preload },
      wrap: ['sh', '-c', 'umask 077; exec "$@"', 'sh'],
    });
    expect(second).toBe(first);
    for (const path of readdirSync(join(place.folder, folder), { encoding: 'utf8' })) utimesSync(join(place.folder, folder, path), 1, 1);
    expect(await digestIn(`${folder}/`, {})).toBe(first);
  }, 600_000);

  test('where a build step made a part of it', async () => {
    const digests: string[] = [];
    for (const [name, options] of Object.entries({
      one: {},
      'two/a b': { env: { TZ: 'Asia/Kathmandu', HOME: '/nonexistent' }, wrap: ['sh', '-c', 'umask 077; exec "$@"', 'sh'] },
    })) {
      mkdirSync(join(place.folder, name, '..'), { recursive: true });
      const folder = copyOf(join(fixtures, 'python-django-static/service'), join(place.folder, name));
      if (digests.length > 0) copyFileSync(join(place.folder, 'one/plimsoll.lock'), join(folder, 'plimsoll.lock'));
      const env = { ...options.env, XDG_CACHE_HOME: join(place.folder, `steps-${digests.length}`) };
      const end = await plimsoll(['build', folder, '--json'], { ...options, env });
      expect({ code: end.code, said: end.code === 0 ? '' : end.stderr }).toEqual({ code: 0, said: '' });
      const { image } = JSON.parse(end.stdout) as { image: { digest: string; layers: readonly { name: string }[] } };
      expect(image.layers.at(-1)?.name).toBe('build step (python3 manage.py collectstatic --noinput)');
      digests.push(image.digest);
    }
    expect(digests[1]).toBe(digests[0]);
  }, 600_000);

  test.skipIf(!isRoot)(
    'as another user',
    async () => {
      chmodSync(place.folder, 0o755);
      const home = join(place.folder, 'home');
      mkdirSync(home);
      chownSync(home, 65534, 65534);
      const first = await digestIn('first');
      expect(await digestIn('as-nobody', { uid: 65534, env: { HOME: home } })).toBe(first);
    },
    600_000,
  );
});
