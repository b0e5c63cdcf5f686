import { expect, test } from 'vitest';
import type { LayerEntry } from '../../image/index.ts';
import { partsOf } from './application-parts.ts';

const MB = 1_000_000;
const MIB = 1024 ** 2;
const own = { uid: 0, gid: 0 } as const;
const file = (path: string, sizeBytes: number): LayerEntry => ({
  ...own,
  type: 'file',
  path,
  mode: 0o644,
  content: { file: `/disk/${path}`, sizeBytes },
});
const folder = (path: string, more = {}): LayerEntry => ({ ...own, type: 'directory', path, mode: 0o755, ...more });

/** `count` files of a megabyte each in ten folders, two sources, and a folder of the service's own with a file in it. */
const large = (count: number): LayerEntry[] => [
  folder('app'),
  folder('app/data'),
  ...Array.from({ length: 10 }, (_, i) => folder(`app/data/${i}`)),
  ...Array.from({ length: count }, (_, i) => file(`app/data/${i % 10}/${i}.bin`, MB)),
  file('app/main.py', 100),
  file('app/data/3/tool.py', 100),
  folder('app/state', { uid: 10001, gid: 10001 }),
  file('app/state/seed.db', 10),
  folder('app/empty', { uid: 10001 }),
];
const namesOf = (parts: readonly (readonly LayerEntry[])[]): string[][] => parts.map((part) => part.map(({ path }) => path));

test('an application of up to 64 MiB is one layer, as it was given', () => {
  const entries = large(60);
  expect(partsOf(entries)).toEqual([entries]);
});

test('a larger one is cut: each file once, each part with its folders, Python sources last', () => {
  const entries = large(500);
  const parts = partsOf(entries);
  expect(parts.length).toBeGreaterThan(6);
  const files = parts.flatMap((part) => part.filter(({ type }) => type === 'file').map(({ path }) => path));
  expect(files.toSorted()).toEqual(
    entries
      .filter(({ type }) => type === 'file')
      .map(({ path }) => path)
      .toSorted(),
  );
  expect(
    parts
      .at(-1)
      ?.filter(({ type }) => type === 'file')
      .map(({ path }) => path),
  ).toEqual(['app/data/3/tool.py', 'app/main.py']);
  for (const part of parts)
    for (const { path } of part.filter(({ type }) => type === 'file'))
      expect(namesOf([part])[0]).toContain(path.slice(0, path.lastIndexOf('/')));
  const state = parts.flat().filter(({ path }) => path === 'app/state');
  expect(new Set(state.map(({ uid }) => uid)), 'a folder keeps its owner in each layer that names it').toEqual(new Set([10001]));
  expect(parts.flat().filter(({ path }) => path === 'app/empty')).toHaveLength(1);
});

test('the order of the entries makes no difference', () => {
  const entries = large(300);
  const names = (parts: readonly (readonly LayerEntry[])[]): string[][] => namesOf(parts).map((part) => part.toSorted());
  expect(names(partsOf(entries.toReversed()))).toEqual(names(partsOf(entries)));
});

test('a file that is added, grows or goes changes the part that it is in, and no more than one beside it', () => {
  const before = large(500);
  const was = new Set(partsOf(before).map((part) => JSON.stringify(part)));
  const changed = (after: LayerEntry[]): number => partsOf(after).filter((part) => !was.has(JSON.stringify(part))).length;
  const at = before.findIndex(({ path }) => path === 'app/data/4/204.bin');
  expect(changed(before.with(at, file('app/data/4/204.bin', MB + 10)))).toBeLessThanOrEqual(2);
  expect(changed([...before, file('app/data/4/204-more.bin', MB)])).toBeLessThanOrEqual(2);
  expect(changed(before.toSpliced(at, 1))).toBeLessThanOrEqual(2);
});

test('there are at most 64 parts, however large it is', () => {
  const entries = [folder('app'), ...Array.from({ length: 3000 }, (_, i) => file(`app/${i}.bin`, 30 * MB))];
  expect(partsOf(entries).length).toBeLessThanOrEqual(64);
});

test.each([3, 17, 101])(
  'a part has at most 64 MiB or is one file, and at least half of that, or it is a last one or the next file does not fit: %i',
  (step) => {
    const entries = Array.from({ length: 40 }, (_, i) => file(`app/data/${i}.bin`, ((i * step) % 31) ** 2 * 80_000 + 1));
    const bytes = (part: readonly LayerEntry[]): number =>
      part.reduce(
        (sum, entry) =>
          sum + (entry.type === 'file' && 'sizeBytes' in entry.content ? 512 * (1 + Math.ceil(entry.content.sizeBytes / 512)) : 0),
        0,
      );
    const parts = partsOf(entries);
    expect(parts.length).toBeGreaterThan(3);
    for (const [i, part] of parts.entries()) {
      if (part.length > 1) expect(bytes(part)).toBeLessThanOrEqual(64 * MIB);
      const next = parts[i + 1]?.slice(0, 1);
      if (next && bytes(part) < 32 * MIB) expect(bytes(part) + bytes(next)).toBeGreaterThan(64 * MIB);
    }
  },
);
