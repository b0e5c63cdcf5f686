import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openImage } from '../image/index.ts';
import { rules } from '../lint/index.ts';
import { allCauses, causes } from './causes/index.ts';
import { inspectImage } from './inspect.ts';
import type { Inspection } from './types.ts';
import { wasteRules } from './waste-groups.ts';

const IMAGES = 10;
/** Part of the planted bytes that must be found under the right cause, in the right line. */
const WANTED = 0.95;

interface Truth {
  readonly planted: readonly { readonly path: string; readonly cause: string; readonly bytes: number; readonly line: number }[];
  readonly waste: readonly {
    readonly path: string;
    readonly how: string;
    readonly bytes: number;
    readonly line: number;
    readonly by: number;
  }[];
}

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-planted-'));
const places = Array.from({ length: IMAGES }, (_, index) => join(folder, String(index)));
const truthOf = (place: string): Truth => JSON.parse(readFileSync(join(place, 'truth.json'), 'utf8')) as Truth;
const found = new Map<string, Inspection>();

beforeAll(async () => {
  execFileSync('python3', [join(import.meta.dirname, 'planted.testing.py'), folder, String(IMAGES)]);
  for (const place of places) {
    const dockerfile = { path: 'Dockerfile', text: readFileSync(join(place, 'Dockerfile'), 'utf8') };
    found.set(
      place,
      await inspectImage(await openImage(`docker-archive:${place}/image.tar`), { ref: place, dockerfile, onlyIfMade: true }),
    );
  }
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, it) => total + it, 0);

describe('bytes that were planted', () => {
  test('are found under their cause, in the line that brought them', () => {
    const missed: string[] = [];
    let [right, all] = [0, 0];
    for (const place of places) {
      const { causes: taken, layers } = found.get(place)!;
      const at = new Map(
        taken.flatMap(({ cause, files }) =>
          files.map(({ file, sizeBytes }) => [`/${file.path}` as string, { cause: cause.id, file, sizeBytes }] as const),
        ),
      );
      for (const { path, cause, bytes, line } of truthOf(place).planted) {
        const seen = at.get(path);
        const isRight = seen?.cause === cause && layers[seen.file.layer]?.line?.line === line;
        all += bytes;
        if (isRight) right += Math.min(bytes, seen.sizeBytes);
        else
          missed.push(
            `${place.slice(-1)}:${path}: ${cause}, line ${line}, and not ${seen?.cause}, line ${seen && layers[seen.file.layer]?.line?.line}`,
          );
      }
    }
    console.log(`${((100 * right) / all).toFixed(2)} % of ${all} planted bytes in ${IMAGES} images`);
    expect(missed).toEqual([]);
    expect(right / all).toBeGreaterThanOrEqual(WANTED);
  });

  test('are planted for every cause', () => {
    const planted = new Set(places.flatMap((place) => truthOf(place).planted.map(({ cause }) => cause)));
    expect([...planted].toSorted()).toEqual(allCauses.map(({ id }) => id).toSorted());
  });

  test('are all that is found', () => {
    for (const place of places) {
      const planted = new Set(truthOf(place).planted.map(({ path }) => path));
      const more = found.get(place)!.causes.flatMap(({ cause, files }) => files.map(({ file }) => [cause.id, `/${file.path}`]));
      expect(more.filter(([, path]) => !planted.has(path!))).toEqual([]);
    }
  });

  test('an image whose layers have to be unpacked is found to be the same', async () => {
    for (const place of places) {
      const image = await openImage(`docker-archive:${place}/image.tar`);
      const dockerfile = { path: 'Dockerfile', text: readFileSync(join(place, 'Dockerfile'), 'utf8') };
      const unpacked = {
        ...image,
        layers: async () => (await image.layers()).map((layer) => ({ ...layer, place: async () => undefined })),
      };
      const { files, ...inPassing } = await inspectImage(unpacked, { ref: place, dockerfile, onlyIfMade: true });
      const { files: placed, ...jumped } = found.get(place)!;
      expect(inPassing).toEqual(jumped);
      expect(files()).toEqual(placed());
    }
  });

  test('that a later layer hides are found with both lines and the reason', () => {
    for (const place of places) {
      const { waste, layers } = found.get(place)!;
      const line = (layer: number): number | undefined => layers[layer]?.line?.line;
      const seen = waste.flatMap(({ how, layer, by, files }) =>
        files.map(({ path, sizeBytes }) => ({ path: `/${path}`, how, bytes: sizeBytes, line: line(layer), by: line(by) })),
      );
      const byPath = <T extends { readonly path: string }>(list: readonly T[]): readonly T[] =>
        list.toSorted((a, b) => (a.path < b.path ? -1 : 1));
      expect(byPath(seen)).toEqual(byPath(truthOf(place).waste));
    }
  });
});

/** What GNU tar says of each layer: bytes of content, by path. */
function listed(place: string): number {
  const script = `
import sys, tarfile
total = 0
with tarfile.open(sys.argv[1]) as outer:
    for member in outer:
        if member.name.endswith('layer.tar'):
            with tarfile.open(fileobj=outer.extractfile(member)) as layer:
                total += sum(it.size for it in layer if it.isreg())
print(total)`;
  return Number(execFileSync('python3', ['-c', script, join(place, 'image.tar')], { encoding: 'utf8' }));
}

test('the contents of the layers are what tar lists, and all of them is seen or waste, cause or kind', () => {
  for (const place of places) {
    const { size, waste, causes: taken, other, files } = found.get(place)!;
    expect(size.content).toBe(listed(place));
    expect(size.waste).toBe(sum(waste.map(({ sizeBytes }) => sizeBytes)));
    expect(size.tree).toBe(sum(files().map(({ sizeBytes }) => sizeBytes)));
    expect(size.tree).toBe(sum([...taken, ...other].map(({ sizeBytes }) => sizeBytes)));
    expect(size.content).toBe(size.tree + size.waste);
  }
});

test('every cause is registered, once, and says where it comes from', () => {
  const named = readdirSync(join(import.meta.dirname, 'causes'))
    .filter((name) => !/^(?:index|cause|by-content)\.ts$|\.test\.ts$/.test(name))
    .map((name) => name.slice(0, -3));
  expect(causes.map(({ id }) => id).toSorted()).toEqual(named.toSorted());
  for (const { why, source, fix } of allCauses) for (const text of [why, source, fix]) expect(text.length).toBeGreaterThan(5);
});

test('rules that are named as the way out are rules of the linter', () => {
  const known = rules.map(({ id }) => id);
  const named = [...allCauses.flatMap(({ rule }) => rule ?? []), ...wasteRules];
  expect(named.filter((rule) => !known.includes(rule))).toEqual([]);
  expect(named.length).toBeGreaterThan(5);
});
