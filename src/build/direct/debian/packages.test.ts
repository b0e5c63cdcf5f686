import { expect, test } from 'vitest';
import { digestIndex, openDigest, type PackageIndex } from './packages.ts';

const stanza = (name: string, version: string, more = ''): string =>
  `Package: ${name}\nVersion: ${version}\nArchitecture: amd64\nDescription: words, not kept\n Package: not a field\nFilename: pool/${name}_${version}.deb\nSize: 10\nSHA256: ${'a'.repeat(64)}\n${more}\n`;

/** Handed over in pieces that end anywhere. */
const digest = async (text: string, piece = 1000): Promise<PackageIndex> =>
  openDigest(
    await digestIndex(
      Array.from({ length: Math.ceil(text.length / piece) }, (_, i) => Buffer.from(text.slice(i * piece, (i + 1) * piece))),
    ),
  );

test('every package of a large index is found by its name, and no other', async () => {
  const names = Array.from({ length: 500 }, (_, i) => `pkg${(i * 7919) % 1000}${i % 3 === 0 ? '-dev' : ''}`);
  const index = await digest(names.map((name) => stanza(name, '1.0')).join(''));
  for (const name of names) expect(index.named(name).map((one) => one.name)).toContain(name);
  for (const name of ['', 'a', 'pkg', 'pkg5-de', 'pkg5-devx', 'zzz']) expect(index.named(name)).toEqual([]);
});

test('two versions of one package are both there', async () => {
  const index = await digest(stanza('a', '2') + stanza('b', '1') + stanza('a', '1'));
  expect(index.named('a').map((one) => one.version)).toEqual(['1', '2']);
  const text = stanza('a', '2', 'Depends: x,\n y\n') + stanza('b', '1');
  for (const piece of [1, 7, 100]) expect((await digest(text, piece)).named('a')).toEqual((await digest(text)).named('a'));
});

test('Pre-Depends and Depends are one list, and Provides are found by what they provide', async () => {
  const index = await digest(
    stanza('real', '1', 'Pre-Depends: libc6 (>= 2.3)\nDepends: x | y,\n z\nProvides: virtual, other (= 3)\n') +
      stanza('also', '2', 'Provides: virtual\n'),
  );
  expect(index.named('real')[0]).toMatchObject({
    depends: 'libc6 (>= 2.3), x | y, z',
    provides: 'virtual, other (= 3)',
    sizeBytes: 10,
    filename: 'pool/real_1.deb',
  });
  expect(index.providing('virtual').map((one) => one.name)).toEqual(['also', 'real']);
  expect(index.providing('other').map((one) => one.name)).toEqual(['real']);
  expect(index.providing('real')).toEqual([]);
});

test('a package without a hash is left out', async () => {
  expect((await digest(stanza('a', '1').replace(/SHA256.*\n/, ''))).named('a')).toEqual([]);
});

test('an empty index holds nothing', async () => {
  expect((await digest('')).named('a')).toEqual([]);
  expect((await digest('')).providing('a')).toEqual([]);
});
