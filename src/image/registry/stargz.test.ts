import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore, sha256 } from '../../base/node.ts';
import { openToLook } from '../index.ts';
import { scanLayers } from '../scan/index.ts';
import { encodeHead, endOfTar, paddingOf } from '../tar/index.ts';
import { startLayerRegistry, type LayerRegistry } from './layer-registry.testing.ts';

const place = mkdtempSync(join(tmpdir(), 'plimsoll-stargz-'));
let registry: LayerRegistry;
beforeAll(async () => {
  registry = await startLayerRegistry();
});
afterAll(async () => {
  await registry.stop();
  rmSync(place, { recursive: true, force: true });
});

const content = randomBytes(1_100_000);

/** Serves a layer of one file, whose entry in the table of contents is changed. */
function serve(change: Readonly<Record<string, unknown>>): void {
  const entryOf = (path: string, bytes: Uint8Array): readonly [Uint8Array, Uint8Array] => [
    encodeHead({ path, type: 'file', mode: 0o644, uid: 0, gid: 0, sizeBytes: bytes.length, mtimeSeconds: 0 }),
    Buffer.concat([bytes, Buffer.alloc(paddingOf(bytes.length))]),
  ];
  const [head, bytes] = entryOf('file', content);
  const before = gzipSync(head);
  const entry = { name: 'file', type: 'reg', mode: 0o644, size: content.length, offset: before.length, chunkDigest: sha256(content) };
  const toc = Buffer.from(JSON.stringify({ version: 1, entries: [{ ...entry, ...change }] }));
  const table = Buffer.concat([...entryOf('stargz.index.json', toc), endOfTar()]);
  const packed = gzipSync(bytes);
  // stargz-snapshotter, docs/estargz.md, "Footer".
  const place = (before.length + packed.length).toString(16).padStart(16, '0');
  const footer = Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 26, 0]),
    Buffer.from(`SG\x16\0${place}STARGZ`),
    Buffer.from([1, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0]),
  ]);
  const tar = Buffer.concat([head, bytes, table]);
  registry.serve({
    blob: Buffer.concat([before, packed, gzipSync(table), footer]),
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    annotations: { 'containerd.io/snapshot/stargz/toc.digest': sha256(toc), 'io.containers.estargz.uncompressed-size': `${tar.length}` },
    diffId: sha256(tar),
  });
}

/** Digest of the file, and how often the layer came whole. */
async function looked(): Promise<readonly [string | undefined, number]> {
  const own = await openStore(mkdtempSync(join(place, 'store-')));
  const image = await openToLook(registry.name, undefined, { store: own, env: {}, patience: { attempts: 1 } });
  const scanned = await scanLayers(await image.layers(), (path) => path === 'file');
  try {
    const [{ records, contents }] = scanned as [(typeof scanned)[number]];
    const file = records.find((record) => record.type === 'file' && record.path === 'file');
    const text = file?.type === 'file' ? contents.text(file) : undefined;
    return [text && sha256(text), registry.sent.whole];
  } finally {
    for (const layer of scanned) layer.close();
    await own.close();
  }
}

test('a layer of eStargz comes by its chunks', async () => {
  serve({});
  expect(await looked()).toEqual([sha256(content), 0]);
});

test.each([
  ['says more content than any layer may have', { size: 2 ** 45, chunkSize: 2 ** 45 }],
  ['has an entry of no shape', { size: -1 }],
  ['has a chunk past the contents', { offset: 2 ** 40 }],
])('a layer of eStargz is read whole where its table %s', async (_, change) => {
  serve(change);
  expect(await looked()).toEqual([sha256(content), 1]);
});

test('a layer of eStargz is refused where a chunk is shorter than its table says', async () => {
  serve({ size: 1_200_000 });
  await expect(looked()).rejects.toThrow(/the chunk at byte \d+ is not sha256:[0-9a-f]{64}, as its table of contents says/);
});
