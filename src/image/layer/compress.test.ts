import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../../base/node.ts';
import { compress, compressInThread } from './compress.ts';

/** Half of it compresses, half does not; the same everywhere. */
const sample = Buffer.alloc(400_000);
for (let i = 0, state = 1; i < sample.length; i += 1) {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  sample[i] = i % 100_000 < 50_000 ? state >>> 24 : 65 + (i % 23);
}

async function* inPieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}

test('the bytes are these on every machine, Node version and day', async () => {
  // Changes only with fflate, its settings or the piece size: then every digest changes, and the CHANGELOG must say so.
  const made = await collect(compress(inPieces(sample, [sample.length]), 0));
  expect(gunzipSync(made).equals(sample)).toBe(true);
  expect(made.subarray(0, 10)).toEqual(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]));
  expect(sha256(made)).toBe('sha256:4aeacb313c9ff2b38ee30b15f953cfe52a33afb091b05f1f162f3984fc0084e0');
});

test('the sizes in which the input comes do not matter', async () => {
  const expected = await collect(compress(inPieces(sample, [sample.length]), 0));
  const sizes = fc.array(fc.integer({ min: 1000, max: 200_000 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(sizes, async (list) => (await collect(compress(inPieces(sample, list), 0))).equals(expected)),
    { numRuns: 10 },
  );
});

test('a thread makes the same bytes as none', async () => {
  const made = await Promise.all([0, 2 ** 30, 2 ** 30].map((about) => collect(compress(inPieces(sample, [70_000]), about))));
  expect(new Set(made.map(sha256)).size).toBe(1);
});

test('nothing compresses to an empty gzip stream', async () => {
  for (const about of [0, 2 ** 30]) expect(gunzipSync(await collect(compress(inPieces(new Uint8Array(), [1]), about)))).toHaveLength(0);
});

test('an error of the source passes through a thread', async () => {
  async function* failing(): AsyncGenerator<Uint8Array, void, undefined> {
    yield sample;
    throw new Error('the file vanished');
  }
  await expect(collect(compressInThread(failing()))).rejects.toThrow('the file vanished');
});
