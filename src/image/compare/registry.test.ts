import { execFileSync, spawnSync } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore, sha256, type Store } from '../../base/node.ts';
import { whyNoGo } from '../../base/oracle.testing.ts';
import { imageFromLayers, openImage, openToLook, parseRegistryName, pushImages, type BuiltLayer, type Image } from '../index.ts';
import { packEstargz } from '../registry/estargz.testing.ts';
import { has, startDouble, startRegistry, type Double, type TestRegistry } from '../registry/registry.testing.ts';
import { packZstdChunked } from '../registry/zstd-chunked.testing.ts';
import { MEDIA } from '../spec/media-types.ts';
import { fileChanges, folderChanges, packageChanges, settingChanges, summariesOf } from './index.ts';

const place = mkdtempSync(join(tmpdir(), 'plimsoll-compare-'));
const stores: Store[] = [];
const storeIn = async (folder = mkdtempSync(join(place, 'store-'))): Promise<Store> => {
  const store = await openStore(folder);
  stores.push(store);
  return store;
};
afterAll(async () => {
  for (const store of stores) await store.close();
  rmSync(place, { recursive: true, force: true });
});

/** Bytes that do not repeat. */
const noise = (length: number, seed: string): Buffer =>
  createCipheriv('aes-128-ctr', seed.padEnd(16, '.'), Buffer.alloc(16)).update(Buffer.alloc(length));

/** The layers of two images: the lowest is the same. */
beforeAll(() => {
  const put = (path: string, content: string | Buffer, seconds = 1e9): void => {
    const file = join(place, 'files', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    utimesSync(file, seconds, seconds);
  };
  put('base/etc/os-release', 'ID=debian\nVERSION_ID="13"\n');
  put('base/var/lib/dpkg/status', 'Package: base\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n');
  for (let i = 0; i < 4; i += 1) put(`base/usr/lib/big-${i}`, noise(1_500_000 + i, `big ${i}`));
  put('base/usr/lib/replaced', noise(5000, 'before'));
  put('base/usr/lib/written-again', noise(5000, 'again'));
  linkSync(join(place, 'files/base/usr/lib/replaced'), join(place, 'files/base/usr/lib/still-there'));
  for (const [top, i] of [['old', 0] as const, ['new', 1] as const]) {
    const venv = `${top}/app/.venv/lib/python3.12/site-packages/flask-${i}.dist-info`;
    put(`${venv}/METADATA`, `Name: flask\nVersion: ${i}\n`);
    put(`${top}/app/only-${top}`, 'x');
    put(`${top}/app/same`, noise(2_500_000, 'same'));
    // Tables of contents have no fractions.
    put(`${top}/app/later`, noise(700_000, 'later'), 1e9 + 0.25 + i * 0.125);
    put(`${top}/app/much-later`, 'x', 1e9 + i);
    put(`${top}/app/changed`, noise(30_000, top));
    put(`${top}/app/small`, `${i}`);
    put(`${top}/app/holes`, 'x');
    truncateSync(join(place, 'files', top, 'app/holes'), 1_000_000);
    writeFileSync(join(place, 'files', top, 'app/holes'), `${i}`, { flag: 'r+' });
    linkSync(join(place, 'files', top, 'app/changed'), join(place, 'files', top, 'app/changed-too'));
  }
  put('new/usr/lib/replaced', noise(5000, 'after'));
  put('new/usr/lib/written-again', noise(5000, 'again'));
});

const hasGo = whyNoGo === undefined;

interface Packed {
  readonly bytes: Uint8Array;
  readonly plain?: Uint8Array;
  readonly mediaType: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

const KINDS: Readonly<Record<string, (tar: string) => Packed>> = {
  gzip: (tar) => ({ bytes: gzipSync(readFileSync(tar)), mediaType: MEDIA.layerGzip }),
  plain: (tar) => ({ bytes: readFileSync(tar), mediaType: MEDIA.layer }),
  ...(hasGo ? { eStargz: (tar: string) => ({ ...packEstargz(tar), mediaType: MEDIA.layerGzip }) } : {}),
  ...(hasGo && spawnSync('zstd', ['--version']).status === 0 ? { 'zstd:chunked': zstdChunked } : {}),
};

function zstdChunked(tar: string): Packed {
  const plain = readFileSync(tar);
  const { blob, annotations } = packZstdChunked(plain);
  return { bytes: blob, plain, mediaType: MEDIA.layerZstd, annotations };
}

async function layer(name: string, kind: string, store: Store): Promise<BuiltLayer> {
  const tar = join(place, `${name}.${kind}.tar`);
  // containers/storage makes a broken layer of a sparse tar: the old headers, and what they unpack to.
  const sparse = kind === 'zstd:chunked' ? [] : ['--sparse'];
  execFileSync('tar', [...sparse, '--format=posix', '--sort=name', '-cf', tar, '-C', join(place, 'files', name), '.']);
  const { bytes, mediaType, annotations = {}, ...packed } = KINDS[kind]!(tar);
  const { digest } = await store.put(bytes);
  const plain = packed.plain ?? (mediaType === MEDIA.layer ? bytes : gunzipSync(bytes));
  return {
    descriptor: { mediaType, digest, size: bytes.length, annotations },
    diffId: sha256(plain),
    uncompressedSize: plain.length,
    createdBy: name,
  };
}

describe.skipIf(!has('docker-registry')).each(Object.keys(KINDS))('images in a registry, their layers %s', (kind) => {
  let registry: TestRegistry;
  let between: Double;
  let layers: Readonly<Record<'base' | 'old' | 'new', BuiltLayer>>;
  let here: Readonly<Record<'old' | 'new', Image>>;
  /** Bytes that came, by the digest of the blob. */
  let came = new Map<string, number>();
  beforeAll(async () => {
    const store = await storeIn();
    layers = { base: await layer('base', kind, store), old: await layer('old', kind, store), new: await layer('new', kind, store) };
    const image = (top: 'old' | 'new'): Image =>
      imageFromLayers({ os: 'linux', architecture: 'amd64', config: { Env: [`TOP=${top}`] } }, [layers.base, layers[top]], store);
    here = { old: image('old'), new: image('new') };
    registry = await startRegistry(join(place, `registry-${kind.replace(':', '-')}`));
    for (const top of ['old', 'new'] as const)
      await pushImages([here[top]], parseRegistryName(`${registry.host}/app:${top}`), { store, env: {} });
    between = await startDouble(async ({ method = 'GET', url = '', headers: { accept = '*/*', range } }, response) => {
      const answer = await fetch(`http://${registry.host}${url}`, { method, headers: { accept, ...(range ? { range } : {}) } });
      const body = Buffer.from(await answer.arrayBuffer());
      const digest = url.split('/').at(-1)!;
      came.set(digest, (came.get(digest) ?? 0) + body.length);
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(body);
    });
  }, 60_000);
  afterAll(async () => {
    await between?.stop();
    await registry?.stop();
  });

  /** The two of them by two stores in one folder, as the command has them. */
  const opened = async (open: typeof openImage): Promise<readonly [Image, Image]> => {
    const folder = mkdtempSync(join(place, 'store-'));
    const at = async (top: string) =>
      open(`${between.host}/app:${top}`, undefined, { store: await storeIn(folder), env: {}, patience: { attempts: 1 } });
    came = new Map();
    return [await at('old'), await at('new')];
  };
  const compared = async ([old, fresh]: readonly [Image, Image]) => {
    const [before, after] = await summariesOf(old, fresh);
    return {
      before,
      after,
      files: fileChanges(before, after),
      folders: folderChanges(before, after),
      packages: packageChanges(before, after),
      settings: settingChanges(before, after),
    };
  };

  test('are compared as they are when they are pulled, and what they share comes once', async () => {
    const pulled = await compared(await opened(openImage));
    expect(pulled.files.onlyTimes).toBe(1);
    // A table of contents is a file of its layer.
    expect(pulled.files.changes.filter(({ path }) => path !== '/stargz.index.json')).toMatchObject([
      { kind: 'removed', path: '/app/.venv/lib/python3.12/site-packages/flask-0.dist-info/METADATA' },
      { kind: 'added', path: '/app/.venv/lib/python3.12/site-packages/flask-1.dist-info/METADATA' },
      ...['changed', 'changed-too', 'holes'].map((name) => ({ kind: 'changed', path: `/app/${name}`, aspects: ['content'] })),
      { kind: 'added', path: '/app/only-new' },
      { kind: 'removed', path: '/app/only-old' },
      { kind: 'changed', path: '/app/small', aspects: ['content'] },
      { kind: 'changed', path: '/usr/lib/replaced', aspects: ['content'] },
    ]);
    expect(pulled.packages).toEqual([{ name: 'python flask', before: '0', after: '1' }]);
    expect(await compared([here.old, here.new])).toEqual(pulled);
    expect(await compared(await opened(openToLook))).toEqual(pulled);
    const { digest, size } = layers.base.descriptor;
    const isWhole = kind === 'gzip';
    if (isWhole) expect(came.get(digest)).toBe(size);
    else expect(came.get(digest)).toBeLessThan(size / 4);
  });

  test('are not asked for a layer that the other image has on this disk', async () => {
    const [old, fresh] = await opened(openToLook);
    const pulled = await compared([here.old, here.new]);
    expect(await compared([here.old, fresh])).toEqual(pulled);
    expect(came.get(layers.base.descriptor.digest)).toBeUndefined();
    expect(await compared([old, here.new])).toEqual(pulled);
    expect(came.get(layers.base.descriptor.digest)).toBeUndefined();
  });
});
