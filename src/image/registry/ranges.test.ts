import { execFileSync } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore, sha256, type Store } from '../../base/node.ts';
import { whyNoGo } from '../../base/oracle.testing.ts';
import { inspectImage } from '../../inspect/index.ts';
import { installedIn, openImage, openToLook, type Image } from '../index.ts';
import { packEstargz } from './estargz.testing.ts';
import { has, skopeo, startDouble, startRegistry, type Double, type TestRegistry } from './registry.testing.ts';

const place = mkdtempSync(join(tmpdir(), 'plimsoll-ranges-'));
const stores: Store[] = [];
afterAll(async () => {
  for (const store of stores) await store.close();
  rmSync(place, { recursive: true, force: true });
});
const newStore = async (): Promise<Store> => {
  const store = await openStore(mkdtempSync(join(place, 'store-')));
  stores.push(store);
  return store;
};

/** Bytes that do not repeat. */
const noise = (length: number, seed: string): Buffer =>
  createCipheriv('aes-128-ctr', seed.padEnd(16, '.'), Buffer.alloc(16)).update(Buffer.alloc(length));

/** An ELF file: System V gABI. Its second section, of 9000 bytes, is never loaded; its table is its end. */
function program(): Buffer {
  const bytes = noise(1_200_000, 'program');
  const table = bytes.length - 2 * 64;
  bytes.fill(0, 0, 64).fill(0, table);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.writeUInt16LE(3, 16);
  bytes.writeBigUInt64LE(BigInt(table), 40);
  for (const [at, value] of [
    [58, 64],
    [60, 2],
    [62, 0],
  ] as const)
    bytes.writeUInt16LE(value, at);
  bytes.writeUInt32LE(1, table + 64 + 4);
  bytes.writeBigUInt64LE(9000n, table + 64 + 32);
  return bytes;
}

/** A layer as it is pushed. */
interface Packed {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

const plain = (tar: string): Packed => ({ bytes: readFileSync(tar), mediaType: 'application/vnd.oci.image.layer.v1.tar' });

const stargz = (tar: string): Packed => ({ ...packEstargz(tar), mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' });

/** An OCI layout of two layers: packages, programs, many small files, large ones, copies of files in both. */
function layout(folder: string, pack: (tar: string) => Packed = plain): string {
  const put = (path: string, content: string | Buffer, mode = 0o644): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content, { mode });
  };
  put('one/var/lib/dpkg/status', 'Package: base\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n');
  put('one/var/lib/dpkg/info/base.list', '/usr/bin/node\n');
  put('one/etc/os-release', 'ID=debian\nVERSION_ID="13"\n');
  // A program with sections that nobody loads.
  put('one/usr/bin/program', program(), 0o755);
  for (let i = 0; i < 400; i += 1) put(`one/usr/share/doc/${i}/copyright`, `licence ${i}\n`.repeat(40));
  for (let i = 0; i < 4; i += 1) put(`one/usr/lib/big-${i}`, noise(3_000_000 + i * 1000, `big ${i}`));
  put('two/app/twin', noise(20_000, 'twin'));
  put('one/srv/twin', noise(20_000, 'twin'));
  put('two/usr/lib/big-3', noise(3_003_000, 'big 3'));
  put('two/app/model', noise(4_000_000, 'model'));
  const blobs = join(folder, 'layout/blobs/sha256');
  mkdirSync(blobs, { recursive: true });
  const blob = (mediaType: string, bytes: Uint8Array) => {
    const digest = sha256(bytes);
    writeFileSync(join(blobs, digest.slice(7)), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const diffIds: string[] = [];
  const layers = ['one', 'two'].map((name) => {
    const file = join(folder, `${name}.tar`);
    execFileSync('tar', ['--sort=name', '--owner=0', '--group=0', '-cf', file, '-C', join(folder, name), '.']);
    const { bytes, mediaType, annotations = {} } = pack(file);
    diffIds.push(sha256(mediaType.endsWith('gzip') ? gunzipSync(bytes) : bytes));
    return { ...blob(mediaType, bytes), annotations };
  });
  const config = {
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: diffIds },
  };
  const described = blob('application/vnd.oci.image.config.v1+json', Buffer.from(JSON.stringify(config)));
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = blob(mediaType, Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config: described, layers })));
  writeFileSync(join(folder, 'layout/index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
  writeFileSync(join(folder, 'layout/oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  return `oci:${join(folder, 'layout')}`;
}

describe.skipIf(!has('docker-registry') || !has('skopeo'))('layers in a registry', () => {
  let registry: TestRegistry;
  let between: Double;
  let image: Image;
  let packedImage: Image;
  let layerBytes: number;
  /** What the proxy does, and what went through it. */
  let mode: 'as asked' | 'whole' | 'another part' | 'damaged' = 'as asked';
  let bytes = 0;
  beforeAll(async () => {
    registry = await startRegistry(join(place, 'registry'));
    between = await startDouble(async (request, response) => {
      const range = mode === 'whole' ? undefined : request.headers.range;
      const answer = await fetch(`http://${registry.host}${request.url}`, {
        method: request.method ?? 'GET',
        headers: { accept: request.headers.accept ?? '*/*', ...(range ? { range } : {}) },
      });
      const headers = Object.fromEntries(answer.headers);
      const body = Buffer.from(await answer.arrayBuffer());
      if (mode === 'another part' && headers['content-range'])
        headers['content-range'] = headers['content-range'].replace('bytes ', 'bytes 1');
      // All but what comes with the footer.
      if (mode === 'damaged' && answer.status === 206 && body.length > 65_536 + 4096) body.reverse();
      if (request.url?.includes('/blobs/')) bytes += body.length;
      response.writeHead(answer.status, headers).end(body);
    });
    const source = layout(join(place, 'image'));
    skopeo('copy', '--quiet', '--preserve-digests', '--dest-tls-verify=false', source, `docker://${registry.host}/team/plain:1`);
    image = await openImage(source);
    if (whyNoGo === undefined) {
      const packed = layout(join(place, 'stargz'), stargz);
      skopeo('copy', '--quiet', '--preserve-digests', '--dest-tls-verify=false', packed, `docker://${registry.host}/team/stargz:1`);
      packedImage = await openImage(packed);
    }
    layerBytes = (await image.layers()).reduce((sum, { descriptor }) => sum + descriptor.size, 0);
  }, 60_000);
  afterAll(async () => {
    await between?.stop();
    await registry?.stop();
  });
  const job = async () => ({ store: await newStore(), env: {}, patience: { attempts: 1 } });
  const look = async (how: typeof mode, name = 'plain') => {
    [mode, bytes, between.requests.length] = [how, 0, 0];
    return openToLook(`${between.host}/team/${name}:1`, undefined, await job());
  };
  const ref = { ref: 'plain' };
  const told = async (of: Image) => {
    const { files, ...rest } = await inspectImage(of, ref);
    return { ...rest, files: files() };
  };

  describe.skipIf(whyNoGo !== undefined)('of eStargz', () => {
    test('are known by their tables of contents, with the same inspection as of the whole', async () => {
      const whole = await told(packedImage);
      expect(whole.causes.map(({ cause }) => cause.id)).toEqual(expect.arrayContaining(['debug-sections', 'duplicates']));
      expect(await told(await look('as asked', 'stargz'))).toEqual(whole);
      expect(bytes).toBeLessThan(9e6);
      bytes = 0;
      expect((await installedIn(await look('as asked', 'stargz'))).packages.map(({ name }) => name)).toEqual(['base']);
      expect(bytes).toBeLessThan(500_000);
    });

    test('come as a whole where the registry knows no ranges', async () => {
      expect(await told(await look('whole', 'stargz'))).toEqual(await told(packedImage));
    });

    test('are refused where a chunk is not what the table says', async () => {
      const changed = look('damaged', 'stargz').then(told);
      await expect(changed).rejects.toThrow(
        /layer sha256:[0-9a-f]{64}: the chunk at byte \d+ is not sha256:[0-9a-f]{64}, as its table of contents says/,
      );
    });

    test('whose annotation names another table are pulled as a whole, and checked', async () => {
      const lying = layout(join(place, 'lying'), (tar) => {
        const packed = stargz(tar);
        const toc = { 'containerd.io/snapshot/stargz/toc.digest': sha256('another') };
        return { ...packed, annotations: { ...packed.annotations, ...toc } };
      });
      skopeo('copy', '--quiet', '--preserve-digests', '--dest-tls-verify=false', lying, `docker://${registry.host}/team/lying:1`);
      expect(await told(await look('as asked', 'lying'))).toEqual(await told(await openImage(lying)));
      expect(bytes).toBeGreaterThan(15e6);
    });
  });

  test('that are plain are jumped through by ranges, with the same inspection as of the whole', async () => {
    const whole = await told(image);
    const ids = whole.causes.map(({ cause }) => cause.id);
    // Else the test would show nothing of contents.
    expect(ids).toEqual(expect.arrayContaining(['debug-sections', 'duplicates']));
    expect(await told(await look('as asked'))).toEqual(whole);
    expect(layerBytes).toBeGreaterThan(17e6);
    // Two copies of 3 MB have to be read to be known as such.
    expect(bytes).toBeLessThan(9e6);
    expect(between.requests.length).toBeLessThan(40);
    bytes = 0;
    expect((await installedIn(await look('as asked'))).packages.map(({ name }) => name)).toEqual(['base']);
    expect(bytes).toBeLessThan(2e6);
  });

  test('come as a whole from a registry that knows no ranges, and are checked then', async () => {
    expect(await told(await look('whole'))).toEqual(await told(image));
    expect(bytes).toBeGreaterThanOrEqual(layerBytes);
  });

  test('are refused where another part comes than was asked for', async () => {
    await expect(look('another part').then(told)).rejects.toThrow(/another part of blob sha256:[0-9a-f]{64} comes than was asked for/);
  });
});
