import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compareAlpine } from './alpine.ts';
import { comparing, type Compare } from './index.ts';
import { comparePython } from './python.ts';
import { compareRpm } from './rpm.ts';
import { compareSemantic, endsOf, inRange } from './semantic.ts';

const said = (compare: Compare, pairs: readonly Pair[]): number[] => pairs.map(([a, b]) => Math.sign(compare(a, b) ?? NaN));
type Pair = readonly [string, string];

/** All pairs that differ little, of these parts put behind one another: always the same ones. */
function pairsOf(heads: readonly string[], parts: readonly string[], count: number): Pair[] {
  let state = 7;
  const pick = (list: readonly string[]): string => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return list[Math.floor((state / 2 ** 32) * list.length)] ?? '';
  };
  const version = (): string => pick(heads) + pick(parts) + pick(parts) + pick(parts);
  return Array.from({ length: count }, () => [version(), version()] as const);
}

const python = spawnSync('python3', ['-c', 'import packaging']).status === 0;
test.skipIf(!python)('700 pairs of Python versions compare as PyPA’s `packaging` compares them', () => {
  const pairs = pairsOf(
    ['0.1', '1', '1.0', '1!0', '2.10', '2.9'],
    ['', '', '.0', '.1', 'a1', 'b2', 'rc1', '.post1', '.dev3', '+local.1'],
    3000,
  );
  const script = `import json, sys
from packaging.version import Version, InvalidVersion
out = []
for a, b in json.load(sys.stdin):
    try: x, y = Version(a), Version(b); out.append((x > y) - (x < y))
    except InvalidVersion: out.append(None)
print(json.dumps(out))`;
  const oracle = JSON.parse(execFileSync('python3', ['-c', script], { input: JSON.stringify(pairs), encoding: 'utf8' })) as (
    | number
    | null
  )[];
  expect(oracle.filter((it) => it !== null).length).toBeGreaterThan(700);
  const ours = pairs.map(([a, b]) => comparePython(a, b)).map((it) => (it === undefined ? null : Math.sign(it)));
  expect(pairs.flatMap((pair, i) => (ours[i] === oracle[i] ? [] : [[...pair, ours[i], oracle[i]]]))).toEqual([]);
});

const rpm = spawnSync('rpm', ['--version']).status === 0;
test.skipIf(!rpm)('3,000 pairs of versions compare as rpm’s own `rpm.vercmp` compares them', () => {
  const heads = ['1', '1.0', '0:1', '2.10', '10', '1a'];
  const pairs = pairsOf(heads, ['', '', '.1', '.01', '~rc1', '^git2', 'a', '.b', '_2', '-1', '-1.el9', '-2', '+x'], 3000);
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-rpm-'));
  const lines = pairs.map(([a, b]) => `out:write(rpm.vercmp("${a}","${b}"), " ")`);
  writeFileSync(join(folder, 'x.lua'), `local out = io.open("${folder}/out", "w")\n${lines.join('\n')}\nout:close()\n`);
  execFileSync('rpm', ['--eval', `%{lua:dofile("${folder}/x.lua")}`]);
  const text = readFileSync(join(folder, 'out'), 'utf8');
  rmSync(folder, { recursive: true });
  const oracle = (text.match(/-?\d/g) ?? []).map(Number);
  const ours = said(compareRpm, pairs);
  expect(oracle).toHaveLength(pairs.length);
  expect(pairs.flatMap((pair, i) => (ours[i] === oracle[i] ? [] : [[...pair, ours[i], oracle[i]]]))).toEqual([]);
  expect(new Set(oracle)).toEqual(new Set([-1, 0, 1]));
});

/** npm brings the package that orders versions for it. */
const npmRoot = spawnSync('npm', ['root', '-g'], { encoding: 'utf8' }).stdout.trim();
const semverPath = join(npmRoot, 'npm/node_modules/semver/index.js');
test.skipIf(!existsSync(semverPath))('300 pairs compare, and ranges hold, as npm’s own `semver` says', () => {
  const semver = createRequire(import.meta.url)(semverPath) as {
    compare(a: string, b: string): number;
    satisfies(version: string, range: string, options: { includePrerelease: boolean }): boolean;
  };
  const pairs = pairsOf(['1.0.0', '1.2.3', '1.10.0', '2.0.0'], ['', '', '-alpha', '-1', '-rc.1', '.2', '.x', '+build'], 6000).filter(
    ([a, b]) => compareSemantic(a, b) !== undefined,
  );
  expect(pairs.length).toBeGreaterThan(300);
  const wrong = pairs.flatMap(([a, b]) => [
    ...(Math.sign(compareSemantic(a, b) ?? NaN) === semver.compare(a, b) ? [] : [[a, b]]),
    ...[`<${b}`, `>=1.0.0 <${b}`, `<=0.1.0 || >${b}`, `=${b}`, '*']
      .filter((range) => inRange(a, range) !== semver.satisfies(a, range, { includePrerelease: true }))
      .map((range) => [a, range]),
  ]);
  expect(wrong).toEqual([]);
});

// apk-package(5): each list in ascending order.
const ALPINE = [
  [
    '1.2_alpha',
    '1.2_alpha2',
    '1.2_beta',
    '1.2_pre1',
    '1.2_rc1',
    '1.2',
    '1.2-r1',
    '1.2-r10',
    '1.2_git3',
    '1.2_p1',
    '1.2_p2-r0',
    '1.2b',
    '1.2.0',
    '1.2.1',
  ],
  ['1.02', '1.05-r18', '1.1', '1.9', '1.10', '2', '006', '10', '20050718-r1'],
  ['1.3.0_pre20191002222144-r0', '1.3.0_pre20210530193627-r0', '1.3.0', '1.3.0.1'],
];
test('versions of Alpine known to be in order are in order', () => {
  for (const list of ALPINE)
    for (const [i, a] of list.entries())
      for (const [j, b] of list.entries()) expect([a, b, Math.sign(compareAlpine(a, b) ?? NaN)]).toEqual([a, b, Math.sign(i - j)]);
});

// apk-tools' own table, test/version.data of its sources, where somebody has it at hand: it is under another licence.
const table = process.env['PLIMSOLL_APK_VERSIONS'];
if (table !== undefined)
  test('700 pairs compare as the table of apk-tools’ own tests has them, but for what is no version', () => {
    const lines = readFileSync(table ?? '', 'utf8')
      .split('\n')
      .map((line) => line.replace(/\s*#.*/, ''))
      .filter((line) => /^!?\S+$|^\S+ [<=>] \S+$/.test(line)); // of pairs those without fuzzy operators
    const wrong = lines.filter((line) => {
      const [a = '', operator, b = ''] = line.split(' ');
      if (operator === undefined) return (compareAlpine(a.replace('!', ''), '1') === undefined) !== a.startsWith('!');
      return ['<', '=', '>'][Math.sign(compareAlpine(a, b) ?? NaN) + 1] !== operator;
    });
    expect(wrong).toEqual(['23_foo > 4_beta', '1.0 < 1.0bc']); // apk orders what is no version, too
    expect(lines.length).toBeGreaterThan(500);
  });

test.each([
  ['python', '1.0', 'not a version'],
  ['npm', '1.0.0', 'latest'],
  ['alpine', '1.0', '1.0+x'],
  ['debian', '1.0', 'no version'],
] as const)('%s: what is no version has no order', (ecosystem, a, b) => {
  expect([comparing[ecosystem](a, b), comparing[ecosystem](b, a)]).toEqual([undefined, undefined]);
});

test('the end of the range that a version is in is where the flaw ends', () => {
  expect(endsOf('1.2.5', '<0.2.4 || >=1.0.0 <1.2.6')).toEqual(['1.2.6']);
  expect([endsOf('3.0.0', '<=3.0.3'), inRange('1.0.0', '^1'), inRange('1.0.0', '>=1.0.0 <what')]).toEqual([[], undefined, undefined]);
});
