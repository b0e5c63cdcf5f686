import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EnvironmentError } from '../base/index.ts';
import { sha256 } from '../base/node.ts';
import { MEDIA } from './spec/media-types.ts';
import { decompressed } from './verified.ts';
import { unzstd } from './zstd.ts';

/** As zstd(1) compresses it. */
function zstd(content: Uint8Array, ...args: string[]): Buffer {
  const end = spawnSync('zstd', ['--quiet', '--stdout', ...args], { input: content, maxBuffer: 2 ** 30 });
  if (end.status !== 0) throw new Error(end.stderr.toString());
  return end.stdout;
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function decoded(bytes: Uint8Array, size: number, ...by: [false?]): Promise<Buffer> {
  const found: Uint8Array[] = [];
  for await (const piece of unzstd(pieces(bytes, size), 'it', ...by)) found.push(piece);
  return Buffer.concat(found);
}

const program = readFileSync(process.execPath).subarray(0, 1_000_000);
const contents: Readonly<Record<string, Uint8Array>> = {
  nothing: new Uint8Array(),
  'one byte': Buffer.from('x'),
  'a program': program,
  zeros: new Uint8Array(1_000_000),
  noise: randomBytes(400_000),
  text: Buffer.from(Array.from({ length: 40_000 }, (_, i) => `line ${i % 977} of ${i}\n`).join('')),
};

// Where Node has its own (since 22.15) both are asked; before that both are the same.
const ways: readonly (readonly [string, [false?]])[] = [
  ['as this Node does it', []],
  ['without Node’s own', [false]],
];

describe.skipIf(spawnSync('zstd', ['--version']).status !== 0).each(ways)('what zstd compressed, read %s,', (_, by) => {
  const read = (bytes: Uint8Array, size = 10_007): Promise<Buffer> => decoded(bytes, size, ...by);

  test.each(Object.entries(contents))('is the same again: %s', async (__, content) => {
    for (const args of [['-1'], ['-3', '--no-check'], ['-15'], ['-5', '--long=27'], ['--fast=5']])
      expect(sha256(await read(zstd(content, ...args))), args.join(' ')).toBe(sha256(content));
  });

  test('is read whole where it is several frames, with some for others between them, in pieces of any size', async () => {
    const note = Buffer.concat([Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 5, 0, 0, 0]), Buffer.from('hello')]);
    const text = contents['text']!;
    const all = Buffer.concat([note, zstd(text), note, zstd(Buffer.from('and more')), zstd(new Uint8Array()), zstd(text, '-19'), note]);
    const expected = Buffer.concat([text, Buffer.from('and more'), text]);
    for (const size of [3, 1000, all.length]) expect(sha256(await read(all, size))).toBe(sha256(expected));
  });

  test('and was damaged is an error or other bytes, never anything else', async () => {
    const whole = zstd(contents['text']!.subarray(0, 60_000), '--no-check');
    for (let i = 0; i < 200; i += 1) {
      const bytes = Buffer.from(whole);
      const at = (i * 7919) % bytes.length;
      bytes[at] = bytes[at]! ^ (1 << (i % 8));
      await read(bytes).then(
        (content) => expect(content.length).toBeLessThan(2 ** 24),
        (error: unknown) => expect(error).toBeInstanceOf(EnvironmentError),
      );
    }
  });

  test.each([
    ['that ends too early', zstd(program).subarray(0, 100_000), /ends/],
    ['that is something else', Buffer.from('no frame at all'), /at byte 0 no frame begins/],
    ['that goes on with something else', Buffer.concat([zstd(Buffer.from('x')), Buffer.from('rest')]), /no frame begins/],
    ['with a window of 2 GiB', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3, 1, 0, 0]), /a window of 2147483648 bytes/],
    ['with a window of its whole size, which is 2 GiB', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 128, 1, 0, 0]), /a window of/],
    ['that needs a dictionary', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 0, 9, 1, 0, 0]), /dictionary/],
    ['with a block that is too large', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 80, 0xfb, 0xff, 0xff, 0]), /a block of/],
  ])('a stream %s is refused', async (__, bytes, says) => {
    await expect(read(bytes)).rejects.toThrow(says);
  });
});

test.skipIf(spawnSync('zstd', ['--version']).status !== 0)(
  'a layer is bounded as with gzip: 1 GiB of zeros in 100 kB is a bomb, and is not held in memory',
  async () => {
    const bomb = zstd(new Uint8Array(2 ** 30));
    expect(bomb.length).toBeLessThan(110_000);
    const descriptor = { mediaType: MEDIA.layerZstd, digest: sha256(bomb), size: bomb.length };
    const before = process.memoryUsage().rss;
    let seen = 0;
    const reading = async (): Promise<void> => {
      for await (const piece of decompressed(pieces(bomb, 1 << 18), descriptor)) seen += piece.length;
    };
    await expect(reading()).rejects.toThrow(/expands to more than 268435456 bytes/);
    expect(seen).toBeLessThanOrEqual(2 ** 28);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
  },
);
