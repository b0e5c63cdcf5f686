import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { askOracle, whyNoGo } from '../base/oracle.testing.ts';
import { ignoreMatcher } from './ignore.ts';

interface Case {
  readonly text: string;
  readonly paths: readonly string[];
}

/** What moby's own code answers; `null` where it refuses the patterns. */
function moby(cases: readonly Case[]): (readonly boolean[] | null)[] {
  const answers = JSON.parse(askOracle('ignore', JSON.stringify(cases))) as { error: boolean; ignored: boolean[] }[];
  return answers.map((a) => (a.error ? null : a.ignored));
}

function ours({ text, paths }: Case): readonly boolean[] | null {
  try {
    const ignored = ignoreMatcher(text);
    return paths.map(ignored);
  } catch {
    return null;
  }
}

const segment = fc.constantFrom('a', 'b', 'tests', '.git', 'x.py', 'x.pyc', 'é', 'a b', '.env', 'node_modules');
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const piece = fc.oneof(
  segment,
  fc.constantFrom('*', '**', '?', '*.py', '**.pyc', '[ab]', '[^a]', '..', '.', '', '\\*', 'x.p?', '.*', 'a**', '+', '(a|b)', '$', '!', '#'),
);
const line = fc
  .tuple(fc.constantFrom('', '', '!', '/', '#', ' ', '! '), fc.array(piece, { maxLength: 4 }), fc.constantFrom('', '/', ' ', '\r'))
  .map(([head, parts, tail]) => `${head}${parts.join('/')}${tail}`);
const anyCase = fc.record({
  text: fc.array(line, { maxLength: 5 }).map((l) => l.join('\n')),
  paths: fc.array(path, { minLength: 1, maxLength: 8 }),
});

describe('.dockerignore', () => {
  test.skipIf(whyNoGo !== undefined)(
    'means what moby says, over 2,000 generated files',
    () => {
      const cases = fc.sample(anyCase, { numRuns: 2000, seed: 20 });
      const theirs = moby(cases);
      const differing = cases.flatMap((c, i) =>
        JSON.stringify(ours(c)) === JSON.stringify(theirs[i]) ? [] : [{ ...c, ours: ours(c), moby: theirs[i] }],
      );
      expect(differing.slice(0, 5)).toEqual([]);
      expect(theirs.filter((t) => t?.includes(true)).length).toBeGreaterThan(150);
    },
    120_000,
  );

  test('a later exception takes back a parent that was left out', () => {
    const ignored = ignoreMatcher('docs\n!docs/keep.md\n');
    expect(['docs/a.md', 'docs/keep.md', 'src/a.py'].map(ignored)).toEqual([true, false, false]);
  });

  test('a pattern that is not well formed is refused with its line', () => {
    expect(() => ignoreMatcher('ok\n[a\n')).toThrow(expect.objectContaining({ at: { file: '.dockerignore', line: 2, column: 1 } }));
  });
});
