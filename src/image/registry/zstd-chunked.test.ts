import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore, sha256, type Store } from '../../base/node.ts';
import { openToLook } from '../index.ts';
import { scanLayers } from '../scan/index.ts';
import { encodeHead, endOfTar, type TarHead } from '../tar/index.ts';
import { startLayerRegistry, type LayerRegistry } from './layer-registry.testing.ts';
import { laidOut, packZstdChunked, together, zoo, zstd, type Laid, type ZstdChunked } from './zstd-chunked.testing.ts';

const place = mkdtempSync(join(tmpdir(), 'plimsoll-zstd-chunked-'));
const stores: Store[] = [];
const job = async () => {
  const store = await openStore(mkdtempSync(join(place, 'store-')));
  stores.push(store);
  return { store, env: {}, patience: { attempts: 1 } };
};
const canRun = ['go', 'zstd', 'python3'].every((tool) => spawnSync(tool, [tool === 'go' ? 'version' : '--version']).status === 0);

type Layers = Parameters<typeof scanLayers>[0];
let registry: LayerRegistry;
const mediaType = 'application/vnd.oci.image.layer.v1.tar+zstd';
const serve = (layer: ZstdChunked, tar: Uint8Array): void => registry.serve({ ...layer, mediaType, diffId: sha256(tar) });
const look = async (): Promise<Layers> => (await openToLook(registry.name, undefined, await job())).layers();

/** What a scan sees of layers, contents among it. */
async function seen(layers: Layers, wantsText: (path: string) => boolean = () => true): Promise<unknown> {
  const scanned = await scanLayers(layers, wantsText);
  try {
    return scanned.map(({ records, tarBytes, contents }) => ({
      tarBytes,
      records: records.map((record) =>
        record.type === 'file' && !record.sparse && wantsText(record.path)
          ? [record, sha256(contents.text(record) ?? Buffer.of())]
          : record,
      ),
    }));
  } finally {
    for (const layer of scanned) layer.close();
  }
}

/** That what was looked at is what the whole tar says, offsets among it. */
async function expectTheSame(tar: Uint8Array): Promise<void> {
  expect(await seen(await look())).toEqual(await seen([{ tar: () => pieces(tar) }]));
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

describe.skipIf(!canRun)('a layer of zstd:chunked in a registry', () => {
  let tar: Buffer;
  let packed: ZstdChunked;
  beforeAll(async () => {
    registry = await startLayerRegistry();
    tar = zoo('PAX');
    packed = packZstdChunked(tar);
  }, 180_000);
  afterAll(async () => {
    await registry?.stop();
    for (const store of stores) await store.close();
    rmSync(place, { recursive: true, force: true });
  });

  test.each(['PAX', 'GNU'] as const)('is seen as when it is read whole, with %s headers', async (format) => {
    const made = zoo(format);
    const layer = packZstdChunked(made);
    serve(layer, made);
    const { table } = laidOut(layer);
    // Else the test would show nothing of them.
    expect(table.entries.filter(({ chunkType }) => chunkType === 'zeros').length).toBeGreaterThan(1);
    expect(JSON.stringify(table)).toContain('\ufffd');
    await expectTheSame(made);
    expect(registry.sent.whole).toBe(0);
    registry.sent.bytes = 0;
    await seen(await look(), (path) => path !== 'usr/large');
    expect(registry.sent.bytes).toBeLessThan(layer.blob.length - 900_000);
  });

  test('comes by the chunks that are asked for alone', async () => {
    serve(packed, tar);
    const [layer] = (await seen(await look(), (path) => path === 'usr/text')) as [{ records: { length: number } }];
    expect(layer.records.length).toBeGreaterThan(19);
    expect(registry.sent.bytes).toBeLessThan(100_000);
  });

  test('has its headers checked by an annotation, as before 2024', async () => {
    const { contents, table, split } = laidOut(packed);
    const { tarSplitDigest: _, ...old } = table;
    serve(together({ contents, table: old, split }), tar);
    await seen(await look(), (path) => path === 'usr/text');
    expect(registry.sent.bytes).toBeLessThan(100_000);
    await expectTheSame(tar);
    expect(registry.sent.whole).toBe(0);
  });

  test('comes whole where the registry sends no parts', async () => {
    serve(packed, tar);
    registry.sendsParts = false;
    await expectTheSame(tar);
    registry.sendsParts = true;
    expect(registry.sent.whole).toBe(1);
  });

  test('is read whole where its tar leaves out holes, of which its writer makes another tar', async () => {
    writeFileSync(join(place, 'noise'), randomBytes(1_100_000));
    const file = openSync(join(place, 'sparse'), 'w');
    writeSync(file, 'here', 500_000);
    ftruncateSync(file, 1_000_000);
    closeSync(file);
    const sparse = execFileSync('tar', ['--sparse', '--format=pax', '-cf', '-', '-C', place, 'noise', 'sparse'], { maxBuffer: 2 ** 28 });
    serve(packZstdChunked(sparse), sparse);
    // The writer itself packs another tar then.
    await expect(look().then((layers) => seen(layers))).rejects.toThrow('the map of a sparse file');
    expect(registry.sent.whole).toBe(1);
  });

  const entry = ({ table }: Laid, path: string): Record<string, unknown> => table.entries.find((it) => it['name'] === path)!;
  const chunk = ({ table }: Laid, path: string, n: number): Record<string, unknown> =>
    table.entries.filter((it) => it['name'] === path)[n]!;
  const at = (of: Record<string, unknown>, key: string): number => of[key] as number;

  /** Tables that do not hold together. */
  const TABLES: readonly (readonly [string, (laid: Laid) => unknown])[] = [
    ['it has another version', ({ table }) => (table.version = 2)],
    ['a file is missing in it', ({ table }) => table.entries.splice(table.entries.findIndex((it) => it['name'] === 'usr/large'))],
    ['it has a file too many', ({ table }) => table.entries.push({ ...entry({ table } as Laid, './usr/text'), name: 'more' })],
    [
      'two files have changed places',
      (laid) => {
        const [one, other] = [entry(laid, 'usr/same-size-as-it'), entry(laid, 'usr/ü')];
        one['name'] = 'usr/ü';
        other['name'] = 'usr/same-size-as-it';
      },
    ],
    ['a file is longer in it', (laid) => (entry(laid, 'usr/zeros')['size'] = 50_001)],
    ['a file is of another type', (laid) => (entry(laid, 'usr/zeros')['type'] = 'fifo')],
    ['a size is negative', (laid) => (entry(laid, 'usr/zeros')['size'] = -1)],
    ['a size is no whole number', (laid) => (entry(laid, 'usr/zeros')['size'] = 5e300)],
    ['a size is a text', (laid) => (entry(laid, 'usr/zeros')['size'] = '50000')],
    ['a size is null', (laid) => (entry(laid, './usr/text')['chunkSize'] = null)],
    ['an offset is missing', (laid) => delete entry(laid, 'usr/zeros')['offset']],
    ['an end is missing', (laid) => delete entry(laid, 'usr/zeros')['endOffset']],
    ['an end is before its beginning', (laid) => (entry(laid, 'usr/zeros')['endOffset'] = 1)],
    ['an end is past the contents', (laid) => (entry(laid, 'usr/attributes')['endOffset'] = 2 ** 50)],
    ['a file begins in another', (laid) => (entry(laid, 'usr/zeros')['offset'] = at(entry(laid, 'usr/noise'), 'offset'))],
    ['a digest is missing', (laid) => delete entry(laid, 'usr/zeros')['digest']],
    ['a digest is of another kind', (laid) => (entry(laid, 'usr/zeros')['digest'] = 'sha512:0')],
    [
      'a chunk is missing',
      ({ table }) =>
        table.entries.splice(
          table.entries.findIndex(({ type }) => type === 'chunk'),
          1,
        ),
    ],
    [
      'a chunk is there twice',
      ({ table }) => {
        const index = table.entries.findIndex(({ type }) => type === 'chunk');
        table.entries.splice(index, 0, table.entries[index]!);
      },
    ],
    ['a chunk is longer', (laid) => (chunk(laid, 'usr/noise', 1)['chunkSize'] = at(chunk(laid, 'usr/noise', 1), 'chunkSize') + 1)],
    ['a chunk is elsewhere in its file', (laid) => (chunk(laid, 'usr/noise', 1)['chunkOffset'] = 1)],
    ['a chunk has no digest', (laid) => delete chunk(laid, 'usr/noise', 1)['chunkDigest']],
    ['a chunk is of another type', (laid) => (chunk(laid, 'usr/noise', 1)['chunkType'] = 'sparse')],
    ['a chunk ends where it begins', (laid) => (chunk(laid, 'usr/noise', 2)['offset'] = chunk(laid, 'usr/noise', 1)['offset'])],
    ['a chunk comes before its file', ({ table }) => table.entries.unshift({ type: 'chunk', name: 'usr/noise' })],
    ['an entry is none', ({ table }) => table.entries.push(null as never)],
    ['its entries are no list', ({ table }) => (table.entries = {} as never)],
    ['the headers are cut off', (laid) => (laid.split = laid.split.slice(0, 5000))],
    ['the headers lack a line', (laid) => (laid.split = laid.split.split('\n').toSpliced(4, 1).join('\n'))],
    ['the headers are no JSON', (laid) => (laid.split = '{}\nno\n')],
  ];
  test.each(TABLES)('is read whole where %s', async (_, change) => {
    const laid = laidOut(packed);
    change(laid);
    serve(together(laid), tar);
    await expectTheSame(tar);
    expect(registry.sent.whole).toBe(1);
  });

  const KEY = 'io.github.containers.zstd-chunked';
  const ANNOTATIONS: readonly (readonly [string, string, (said: string) => string | undefined])[] = [
    ['the checksum is another', 'manifest-checksum', () => sha256('another')],
    ['the checksum is missing', 'manifest-checksum', () => undefined],
    ['the position is missing', 'manifest-position', () => undefined],
    ['the position is no numbers', 'manifest-position', () => '1:2:3'],
    ['the position is before the blob', 'manifest-position', (said) => said.replace(/^\d+/, '0')],
    ['the position is past the blob', 'manifest-position', (said) => said.replace(/^\d+/, '999999999999999')],
    ['the table is cut off', 'manifest-position', (said) => said.replace(/^(\d+):\d+/, '$1:100')],
    ['the table has another length', 'manifest-position', (said) => said.replace(/:\d+:1$/, ':1000:1')],
    ['the table has a length beyond all bounds', 'manifest-position', (said) => said.replace(/:\d+:1$/, ':999999999:1')],
    ['the table is of another type', 'manifest-position', (said) => said.replace(/:1$/, ':2')],
    ['there are no headers, as before 2023', 'tarsplit-position', () => undefined],
    ['the headers are elsewhere', 'tarsplit-position', (said) => said.replace(/^\d+/, '8')],
    ['the headers have another length', 'tarsplit-position', (said) => said.replace(/\d+$/, '1000')],
  ];
  test.each(ANNOTATIONS)('is read whole where by its annotations %s', async (_, key, change) => {
    const { [`${KEY}.${key}`]: said = '', ...annotations } = packed.annotations;
    const changed = change(said);
    serve({ ...packed, annotations: { ...annotations, ...(changed === undefined ? {} : { [`${KEY}.${key}`]: changed }) } }, tar);
    await expectTheSame(tar);
    expect(registry.sent.whole).toBe(1);
  });

  test('is read whole where its table is cut off, though the checksum is right', async () => {
    const laid = laidOut(packed);
    serve(together(laid, JSON.stringify(laid.table).slice(0, -10)), tar);
    await expectTheSame(tar);
    expect(registry.sent.whole).toBe(1);
  });

  test('is read whole where its table unpacks to more than it says', async () => {
    const layer = together(laidOut(packed), Buffer.alloc(200_000_000, '[0,'));
    const key = `${KEY}.manifest-position`;
    serve({ ...layer, annotations: { ...layer.annotations, [key]: layer.annotations[key]!.replace(/:\d+:1$/, ':60000000:1') } }, tar);
    await expectTheSame(tar);
    expect(registry.sent.whole).toBe(1);
  });

  test('is read whole where a table and headers tell of more zeros than any layer may have', async () => {
    const head: TarHead = { path: 'zeros', type: 'file', mode: 0o644, uid: 0, gid: 0, sizeBytes: 2 ** 45, mtimeSeconds: 0 };
    const header = Buffer.from(encodeHead(head)).toString('base64');
    const end = Buffer.from(endOfTar()).toString('base64');
    const lines = [
      { type: 2, payload: header, position: 0 },
      { type: 1, name: 'zeros', size: head.sizeBytes, position: 1 },
      { type: 2, payload: end, position: 2 },
    ];
    const laid = laidOut(packed);
    laid.split = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    const own = { name: 'zeros', chunkDigest: sha256('zeros'), chunkType: 'zeros' };
    laid.table.entries = [
      { ...own, type: 'reg', size: head.sizeBytes, offset: 10, endOffset: 30, chunkSize: 2 ** 44 },
      { ...own, type: 'chunk', offset: 20, chunkOffset: 2 ** 44, chunkSize: 2 ** 44 },
    ];
    serve(together(laid), tar);
    await expectTheSame(tar);
    expect(registry.sent.whole).toBe(1);
  });

  const CHUNKS: readonly (readonly [string, (laid: Laid) => unknown])[] = [
    ['its table has another digest of it', (laid) => (chunk(laid, 'usr/noise', 1)['chunkDigest'] = sha256('another'))],
    ['its table has another digest of its file', (laid) => (entry(laid, 'usr/zeros')['digest'] = sha256('another'))],
    ['bytes of it are others', ({ contents }) => contents.fill(0x55, 1_000_000, 1_000_100)],
    ['it is zeros in the table alone', (laid) => (chunk(laid, 'usr/noise', 1)['chunkType'] = 'zeros')],
    [
      'it is data in the table alone',
      (laid) => {
        const zeros = laid.table.entries.find(({ chunkType }) => chunkType === 'zeros')!;
        zeros['chunkType'] = '';
        zeros['chunkDigest'] = sha256('data');
      },
    ],
    ['its offset lies', (laid) => (entry(laid, 'usr/zeros')['offset'] = at(entry(laid, 'usr/zeros'), 'offset') + 3)],
    [
      'its frame is a bomb',
      (laid) => {
        const [last, bomb] = [entry(laid, 'usr/attributes'), zstd(Buffer.alloc(500_000_000))];
        Object.assign(last, { offset: laid.contents.length, endOffset: laid.contents.length + bomb.length });
        laid.contents = Buffer.concat([laid.contents, bomb]);
      },
    ],
  ];
  test.each(CHUNKS)('is refused where a chunk is not what the table says: %s', async (_, change) => {
    const laid = laidOut(packed);
    laid.contents = Buffer.from(laid.contents);
    change(laid);
    serve(together(laid), tar);
    await expect(look().then((layers) => seen(layers))).rejects.toThrow(
      /layer sha256:[0-9a-f]{64}: the chunk at byte \d+ is not sha256:[0-9a-f]{64}, as its table of contents says/,
    );
    expect(registry.sent.whole).toBe(0);
  });
});
