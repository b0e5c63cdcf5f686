import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compareVersions, satisfies } from './debian-version.ts';

// From deb-version(7), Debian Policy 5.6.12 and versions seen in the archive, each list in ascending order.
const ascending = [
  ['~~', '~~a', '~', '', 'a'],
  ['1.0~beta1~svn1245', '1.0~beta1', '1.0', '1.0-1', '1.0-1+b1', '1.0-1.1', '1.0-10', '1.0+dfsg-1', '1.0.1', '1:0.1'],
  ['2.36-9', '2.36-9+deb12u2', '2.36-9+deb12u10', '2.41-12'],
  ['1.2.13.dfsg-1', '1:1.2.13.dfsg-1', '1:1.3.dfsg+really1.3.1-1+b1'],
  ['3.0.20-1~deb12u2', '3.0.20-1', '3.5.7-1~deb13u3', '3.5.7-1'],
  ['9', '10', '99999999999999999999', '100000000000000000000'],
];

test('versions known to be in order are in order', () => {
  for (const list of ascending)
    for (const [i, a] of list.entries())
      for (const [j, b] of list.entries()) expect([a, b, Math.sign(compareVersions(a, b))]).toEqual([a, b, Math.sign(i - j)]);
});

test('what is written differently and means the same is equal', () => {
  for (const [a, b] of [
    ['1.0', '0:1.0'],
    ['1.0', '1.0-0'],
    ['1.01', '1.1'],
  ] as const)
    expect(compareVersions(a, b)).toBe(0);
});

test('the relations of a control file hold as their names say', () => {
  expect([
    satisfies('1', '<<', '2'),
    satisfies('2', '<<', '2'),
    satisfies('2', '<=', '2'),
    satisfies('2', '=', '2'),
    satisfies('2', '>=', '2'),
    satisfies('2', '>>', '2'),
  ]).toEqual([true, false, true, true, true, false]);
});

const dpkg = ['/usr/bin/dpkg'].find((path) => existsSync(path));

test.skipIf(dpkg === undefined)(
  '1,000 generated pairs compare as dpkg compares them',
  () => {
    const pairs = generatedPairs(1000).map(([a, b]) => ({ a, b, relation: ['lt', 'eq', 'gt'][Math.sign(compareVersions(a, b)) + 1] }));
    // One shell for all pairs, and dpkg asked once for each: is our answer right?
    const script =
      'while read -r a relation b; do dpkg --compare-versions "$a" "$relation" "$b" || echo "$a not $relation $b"; done; echo end';
    const { stdout } = spawnSync('sh', ['-c', script], {
      input: pairs.map(({ a, b, relation }) => `${a} ${relation} ${b}\n`).join(''),
      encoding: 'utf8',
    });
    expect(stdout).toBe('end\n');
    expect(new Set(pairs.map(({ relation }) => relation))).toEqual(new Set(['lt', 'eq', 'gt']));
  },
  60_000,
);

/** Pairs that differ little, since those are the hard ones. A fixed generator: the same on every run. */
function generatedPairs(count: number): [string, string][] {
  let state = 42;
  const below = (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const pick = (list: readonly string[]): string => list[below(list.length)] ?? '';
  const part = (): string =>
    pick([
      '0',
      '00',
      '1',
      '01',
      '2',
      '10',
      '9',
      'a',
      'b',
      'A',
      'Z',
      '~',
      '~~',
      '+',
      '.',
      '.',
      '~rc1',
      '+b1',
      'dfsg',
      '+deb12u1',
      '+deb12u10',
    ]);
  const version = (): string =>
    `${pick(['', '', '', '0:', '1:', '2:'])}${below(3)}${Array.from({ length: below(5) }, part).join('')}${pick(['', '', '-1', '-0', '-1.1', '-1~bpo12+1', '-1+b1', '-a'])}`;
  const mutate = (text: string): string => {
    const at = 1 + below(text.length);
    return text.slice(0, at) + part() + text.slice(at + below(2));
  };
  const valid = /^(?:\d+:)?\d[A-Za-z0-9.+~]*(?:-[A-Za-z0-9.+~]+)?$/;
  const pairs: [string, string][] = [];
  while (pairs.length < count) {
    const a = version();
    const b = below(4) === 0 ? version() : mutate(a);
    if (valid.test(a) && valid.test(b)) pairs.push(below(2) === 0 ? [a, b] : [b, a]);
  }
  return pairs;
}
