import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../base/index.ts';
import { hexOf, openStore, type Store } from '../../base/node.ts';
import { openImage, validate, writeLayout, type Descriptor, type Image } from '../index.ts';
import { parseRegistryName } from './name.ts';
import { openRegistryImage, pullImage } from './pull.ts';
import { has, makeImage, skopeo, startRegistry, type TestRegistry } from './registry.testing.ts';

/** What was pushed by skopeo is pulled here; Debian's docker-registry stands between. */
describe.skipIf(!has('docker-registry') || !has('skopeo'))('a registry', () => {
  let folder: string;
  let store: Store;
  let registry: TestRegistry;
  let image: Image;
  let arm: Image;
  const stores: Store[] = [];
  const name = (text: string) => parseRegistryName(`${registry.host}/${text}`);
  const emptyStore = async (): Promise<Store> => {
    const made = await openStore(mkdtempSync(join(folder, 'empty-')));
    stores.push(made);
    return made;
  };
  const env = {};

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'plimsoll-pull-'));
    store = await openStore(join(folder, 'store'));
    registry = await startRegistry(join(folder, 'registry'));
    image = await makeImage(store);
    arm = await makeImage(store, { architecture: 'arm64', text: 'arm' });
    const layout = join(folder, 'layout');
    await writeLayout(layout, [image], 'one');
    await writeLayout(layout, [image, arm], 'both');
    await writeLayout(layout, [await makeImage(store, { text: 'zstd' })], 'zstd');
    const push = (from: string, to: string, ...more: string[]) =>
      skopeo('copy', '--quiet', '--dest-tls-verify=false', ...more, `oci:${layout}:${from}`, `docker://${registry.host}/${to}`);
    push('one', 'team/app:1');
    push('both', 'team/app:both', '--all', '--preserve-digests');
    push('one', 'team/app:docker', '--format', 'v2s2');
    push('zstd', 'team/app:zstd', '--dest-compress', '--dest-compress-format', 'zstd', '--format', 'oci');
  });
  afterAll(async () => {
    await registry?.stop();
    await Promise.all([store, ...stores].map((s) => s?.close()));
    rmSync(folder, { recursive: true });
  });

  test('gives by tag and by digest the image that skopeo pushed, each blob once', async () => {
    const own = await emptyStore();
    const pulled = await pullImage(name('team/app:1'), undefined, { store: own, env });
    expect(await pulled.digest()).toBe(await image.digest());
    expect(await pulled.config()).toEqual(await image.config());
    const requests = registry.log().length;
    const layer = (await pulled.layers())[0]!;
    for await (const _ of layer.tar());
    expect(registry.log()).toHaveLength(requests); // all was in the store
    const byDigest = await openRegistryImage(name(`team/app:any@${await image.digest()}`), undefined, { store: own, env });
    expect(await byDigest.manifest()).toEqual(await image.manifest());
  });

  test('gives what skopeo copies from it, byte for byte', async () => {
    const own = await emptyStore();
    const [theirs, ours] = [join(folder, 'theirs'), join(folder, 'ours')];
    skopeo('copy', '--quiet', '--src-tls-verify=false', `docker://${registry.host}/team/app:1`, `oci:${theirs}:x`);
    await writeLayout(ours, [await pullImage(name('team/app:1'), undefined, { store: own, env })], 'x');
    const blobs = (at: string) => readdirSync(join(at, 'blobs/sha256')).toSorted();
    expect(blobs(ours)).toEqual(blobs(theirs));
    expect(await validate(`oci:${ours}`)).toEqual([]);
  });

  test('gives of several platforms the one that is asked for, and says which there are', async () => {
    const own = await emptyStore();
    const job = { store: own, env };
    for (const one of [image, arm]) {
      const { architecture } = await one.config();
      const pulled = await openRegistryImage(name('team/app:both'), { os: 'linux', architecture }, job);
      expect(await pulled.digest()).toBe(await one.digest());
    }
    await expect(openRegistryImage(name('team/app:both'), { os: 'linux', architecture: 's390x' }, job)).rejects.toThrow(
      /has no image for linux\/s390x/,
    );
  });

  test('may hold images in Docker’s format', async () => {
    const pulled = await pullImage(name('team/app:docker'), undefined, { store: await emptyStore(), env });
    expect((await pulled.parsedManifest()).mediaType).toBe('application/vnd.docker.distribution.manifest.v2+json');
    expect(await pulled.digest()).toBe(
      JSON.parse(skopeo('inspect', '--tls-verify=false', `docker://${registry.host}/team/app:docker`)).Digest,
    );
    for (const layer of await pulled.layers()) for await (const _ of layer.tar());
  });

  test('may hold layers in zstd: they are what went in, by their diff ids, and the image is valid', async () => {
    const at = 'team/app:zstd';
    const pulled = await pullImage(name(at), undefined, { store: await emptyStore(), env });
    // skopeo finds the first one there as gzip, and takes that.
    const layer = (await pulled.layers())[1]!;
    expect(layer.descriptor.mediaType).toMatch(/\+zstd$/);
    expect((await pulled.config()).rootfs).toEqual(
      (await openImage(`oci:${join(folder, 'layout')}:zstd`).then((it) => it.config())).rootfs,
    );
    for await (const _ of layer.tar()); // which checks its diff id
    expect(await validate(`docker://${registry.host}/${at}`, { store: await emptyStore(), env })).toEqual([]);
    const copy = join(folder, 'as-gzip');
    await writeLayout(copy, [pulled], 'x');
    expect(await validate(`oci:${copy}`)).toEqual([]);
  });

  test('that lacks the tag or the repository is said to, with a way out', async () => {
    const job = { store, env };
    const missing = openRegistryImage(name('team/app:none'), undefined, job);
    await expect(missing).rejects.toThrow(UserError);
    await expect(missing).rejects.toThrow(`${registry.host}/team/app has no tag \`none\` (HTTP 404: MANIFEST_UNKNOWN)`);
    await expect(openRegistryImage(name('nobody/nothing'), undefined, job)).rejects.toThrow(/has no tag `latest`/);
  });

  test('is a mirror of another when it is set to be, and the other is asked where the mirror lacks it', async () => {
    const mirrored = { store: await emptyStore(), env: { PLIMSOLL_REGISTRY_MIRRORS: `registry.invalid=http://${registry.host}` } };
    const pulled = await pullImage(parseRegistryName('registry.invalid/team/app:1'), undefined, mirrored);
    expect(await pulled.digest()).toBe(await image.digest());
    const through = { store, env: { PLIMSOLL_REGISTRY_MIRRORS: `${registry.host}=http://127.0.0.1:3` } };
    expect(await (await openRegistryImage(name('team/app:1'), undefined, through)).digest()).toBe(await image.digest());
  });

  test('is recognised where an image is wanted', async () => {
    const registryJob = { store: await emptyStore(), env };
    for (const text of [`${registry.host}/team/app:1`, `docker://${registry.host}/team/app:1`])
      expect(await (await openImage(text, undefined, registryJob)).digest()).toBe(await image.digest());
    expect(await validate(`${registry.host}/team/app:both`, registryJob)).toEqual([]);
    await expect(validate('no/such/path', registryJob)).rejects.toThrow(/no image at `no\/such\/path`/);
  });

  test('that was damaged on its disk is judged, as a layout is', async () => {
    const { layers } = await image.parsedManifest();
    const layer = layers[1]!;
    const pathOf = ({ digest }: Descriptor) =>
      join(folder, 'registry/data/docker/registry/v2/blobs/sha256', hexOf(digest).slice(0, 2), hexOf(digest), 'data');
    const whole = readFileSync(pathOf(layer));
    const damaged = Buffer.from(whole);
    damaged[40] = damaged[40]! ^ 1;
    writeFileSync(pathOf(layer), damaged);
    try {
      const own = await emptyStore();
      const found = await validate(`${registry.host}/team/app:1`, { store: own, env });
      expect(found.map(({ where, what }) => `${where}: ${what}`)).toEqual([
        expect.stringMatching(new RegExp(`layer 2 \\(${layer.digest}\\): .*blob ${layer.digest} does not match its digest`)),
      ]);
      expect(await own.has(layer.digest)).toBe(false);
      expect(spawnSync('find', [join(own.root, 'tmp'), '-type', 'f'], { encoding: 'utf8' }).stdout).toBe('');
    } finally {
      writeFileSync(pathOf(layer), whole);
    }
  });
});
