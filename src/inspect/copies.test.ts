import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { encodeHead, endOfTar, paddingOf, scanLayers, type FileRecord } from '../image/index.ts';
import { copiesAmong } from './copies.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-copies-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SIZE = 300_000;
/** All begin alike, and some differ in one byte. */
function content(at: number): Buffer {
  const bytes = Buffer.alloc(SIZE, 'x');
  if (at >= 0) bytes[at] = 0;
  return bytes;
}

function layerOf(name: string, contents: readonly Buffer[]) {
  const head = { type: 'file', mode: 0o644, uid: 0, gid: 0, mtimeSeconds: 0, sizeBytes: SIZE } as const;
  const parts = contents.flatMap((it, i) => [encodeHead({ ...head, path: `${name}${i}` }), it, Buffer.alloc(paddingOf(SIZE))]);
  const tar = Buffer.concat([...parts, endOfTar()]);
  const file = join(folder, name);
  writeFileSync(file, tar);
  return { tar: () => (async function* () { yield tar; })(), place: async () => ({ file, offset: 0, sizeBytes: tar.length }) }; // prettier-ignore
}

const layers = [
  layerOf('a', [content(-1), content(SIZE - 1), content(200_000), content(-1)]),
  layerOf('b', [content(200_000), content(600), content(SIZE - 1), content(-1)]),
];

test.each([
  ['that lie on this disk', layers],
  ['that have to be unpacked', layers.map(({ tar }) => ({ tar }))],
])('of files in layers %s copies are those with every byte alike, wherever they differ', async (_, of) => {
  const scanned = await scanLayers(of, () => false, 'contents');
  const known = scanned.flatMap(({ records }, layer) =>
    (records as readonly FileRecord[]).map((record) => ({
      record,
      file: { path: record.path, sizeBytes: record.sizeBytes, layer, mode: record.mode },
    })),
  );
  expect([...copiesAmong(known, scanned)].map(({ file }) => file.path).toSorted()).toEqual(['a3', 'b0', 'b2', 'b3']);
  for (const layer of scanned) layer.close();
});
