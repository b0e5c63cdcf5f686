// Images in Podman's storage, read by the program itself: as root and as an ordinary user, without and with Podman beside it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownPodman, removeOwn, writeArchive, type OwnPodman } from '../src/image/held/storage/podman.testing.ts';
import { has, isRoot, plimsoll, run, scratch } from './plimsoll.ts';

const { folder, remove } = scratch();
afterAll(remove);

const hasPodman = has('podman');
/** One with subordinate ids: useradd(8) gives them. */
const ordinary = isRoot && has('newuidmap') ? ordinaryUser() : undefined;
function ordinaryUser(): number | undefined {
  const name = run('/', 'sh', '-c', 'cut -d: -f1 /etc/subuid | head -n 1').trim();
  return name === '' ? undefined : Number(run('/', 'id', '-u', name));
}

const USERS = [
  { who: 'this user', user: undefined, driver: 'vfs', skip: false },
  { who: 'root', user: undefined, driver: 'overlay', skip: !isRoot },
  { who: 'an ordinary user', user: ordinary, driver: 'vfs', skip: ordinary === undefined },
  { who: 'an ordinary user', user: ordinary, driver: 'overlay', skip: ordinary === undefined },
] as const;

describe.each(USERS.filter(({ skip }) => hasPodman && !skip))('$who’s image ($driver)', ({ who, user, driver }) => {
  const place = join(folder, `${who.replaceAll(/\W/g, '-')}-${driver}`);
  let own: OwnPodman;
  let archive: string;
  beforeAll(() => {
    run('/', 'chmod', '0755', folder);
    for (const part of ['own', 'open', 'hidden']) mkdirSync(join(place, part), { recursive: true });
    own = ownPodman(join(place, 'own'), driver, user);
    archive = writeArchive(join(place, 'open'));
    own.podman('load', '--quiet', '--input', archive);
  }, 120_000);
  afterAll(() => removeOwn(own));

  const ask = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const options = { cwd: '/', env: { ...own.env, XDG_CACHE_HOME: join(own.graph, '../home/cache'), ...env } };
    return plimsoll(args, user === undefined ? options : { ...options, uid: user });
  };
  const without = (json: string): unknown => ({ ...(JSON.parse(json) as object), ref: '', image: '' });

  test('is inspected and listed as the archive is, where no Podman can be run', async () => {
    for (const command of ['inspect', 'sbom']) {
      const stored = await ask([command, 'podman:held:1', '--json'], { PATH: '/nonexistent' });
      expect(stored.stderr).not.toContain('error');
      const saved = await ask([command, `docker-archive:${archive}`, '--json']);
      expect(without(stored.stdout)).toEqual(without(saved.stdout));
    }
    const compared = await ask(['compare', 'podman:held:1', `docker-archive:${archive}`], { PATH: '/nonexistent' });
    expect(compared).toMatchObject({ code: 0, stdout: expect.stringContaining('no difference') });
  });

  test('with a file that it may not read itself is saved by Podman, with no loss', async () => {
    const hidden = writeArchive(join(place, 'hidden'), { hidden: true });
    own.podman('rmi', '--force', 'held:1');
    own.podman('load', '--quiet', '--input', hidden);
    const stored = await ask(['inspect', 'podman:held:1', '--json']);
    expect(without(stored.stdout)).toEqual(without((await ask(['inspect', `docker-archive:${hidden}`, '--json'])).stdout));
    const alone = await ask(['inspect', 'podman:held:1', '--json'], { PATH: '/nonexistent' });
    // Root reads all; an ordinary user cannot, and is told which file it was.
    if (user === undefined && isRoot) expect(alone.stdout).toBe(stored.stdout);
    else expect(alone).toMatchObject({ code: 3, stderr: expect.stringContaining('srv/key: this user may not read it') });
  });
});
