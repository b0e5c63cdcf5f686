import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectSameInside, whyNobodyToAsk } from '../inside.testing.ts';
import { plimsoll, root, scratch } from '../plimsoll.ts';
import { checkOf, type Facts } from './check.testing.ts';
import { blocksOf } from './document.testing.ts';
import { filesIn, planOf, pytestOf, saidOf, shippedOf } from './facts.testing.ts';
import { KINDS, rowsOf, type Row } from './page.testing.ts';

/** Ships the example and runs its own tests: some minutes for each. */
const isLong = process.env['PLIMSOLL_TESTS'] !== undefined;
/** Checks that only a run can answer. */
const RUNS = /^(gate|ship|image|pytest) /;
/** How many rows are mutated. */
const MUTATED = 10;

/** The tests of one document: its page in docs/seeds answers every line, and what the page claims is so. */
export function seedTests(name: string): void {
  const folder = join(root, 'examples', name);
  const document = readFileSync(join(root, 'docs/seeds', name, 'document.md'), 'utf8');
  const rows = rowsOf(readFileSync(join(root, 'docs/seeds', name, 'README.md'), 'utf8'));
  const checked = rows
    .map((row) => ({ ...row, checks: row.checks.filter((check) => isLong || !RUNS.test(check)) }))
    .filter(({ checks }) => checks.length > 0);
  const asksFor = (form: RegExp): boolean => checked.some(({ checks }) => checks.some((check) => form.test(check)));

  test('every heading, table row, bullet and code block of the document has a row', () => {
    const answered = new Set(rows.flatMap(({ lines }) => lines));
    expect(blocksOf(document).filter(({ line }) => !answered.has(line))).toEqual([]);
  });

  test('every row says how it is met, and what claims to be met has a check', () => {
    expect(rows.filter(({ kind }) => !(KINDS as readonly string[]).includes(kind)).map(({ at, kind }) => ({ at, kind }))).toEqual([]);
    const claims = rows.filter(({ kind }) => kind.startsWith('met'));
    expect(claims.filter(({ checks }) => checks.length === 0).map(({ at, asks }) => ({ at, asks }))).toEqual([]);
    expect(rows.filter(({ kind, how }) => kind !== 'met' && how === '').map(({ at, asks }) => ({ at, asks }))).toEqual([]);
    const last = document.split('\n').length;
    expect(rows.filter(({ lines }) => lines.some((line) => !(line >= 1 && line <= last))).map(({ at }) => at)).toEqual([]);
  });

  test('the files of the example are as `plimsoll init` writes them', async () => {
    expect(await plimsoll(['init', folder, '--check'])).toMatchObject({ code: 0 });
  });

  describe('what the rows claim is so', () => {
    const place = scratch();
    afterAll(place.remove);
    let facts: Facts;
    beforeAll(async () => {
      const files = filesIn(folder);
      const dockerfiles = checked.flatMap(({ checks }) => checks).flatMap((check) => /^lint (\S+)( but DL\d+)?$/.exec(check)?.[1] ?? []);
      facts = {
        files: new Map([...files, ...suite()]),
        plan: await planOf(folder),
        ...(asksFor(/^(gate|ship|image) /) ? await shippedOf(folder, join(place.folder, 'shipped')) : { shipped: {}, image: {} }),
        passed: asksFor(/^pytest /) ? await pytestOf(folder, join(place.folder, 'tested')) : new Set(),
        lint: new Map(
          await Promise.all(
            [...new Set(dockerfiles)].map(
              async (path) => [path, await saidOf(path, files.get(path) ?? '', files.get('.dockerignore'))] as const,
            ),
          ),
        ),
      };
    }, 900_000);

    test.each(checked.map((row) => [row.at, row.asks, row] as const))('line %i: %s', (_, __, row) => {
      expect(failing(row, facts)).toEqual([]);
    });

    // Only then is there an image of it.
    if (isLong)
      test.skipIf(whyNobodyToAsk !== undefined)('the SBOM of its image names exactly what dpkg-query and pip name in it', () =>
        expectSameInside(join(place.folder, 'shipped/.plimsoll/image'), place.folder),
      );

    test(`${MUTATED} rows drawn by a seed fail without what they look for`, () => {
      const drawn = fc.sample(fc.shuffledSubarray(checked, { minLength: Math.min(MUTATED, checked.length) }), { numRuns: 1, seed: 5 })[0];
      const survived = (drawn ?? [])
        .slice(0, MUTATED)
        .flatMap((row) =>
          row.checks.filter((check) => checkOf(check).holds(checkOf(check).removed(facts))).map((check) => ({ at: row.at, check })),
        );
      expect(survived).toEqual([]);
    });
  });
}

const failing = (row: Row, facts: Facts): readonly string[] => row.checks.filter((check) => !checkOf(check).holds(facts));

/** Files of the project that rows may name, by their path after `/`. */
function suite(): ReadonlyMap<string, string> {
  return new Map(
    ['test', 'src', 'docs', 'conformance', '.ci']
      .filter((name) => existsSync(join(root, name)))
      .flatMap((name) => [...filesIn(join(root, name), `/${name}/`)]),
  );
}
