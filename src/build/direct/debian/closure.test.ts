import { expect, test } from 'vitest';
import { EnvironmentError, UserError } from '../../../base/index.ts';
import { closureOf, type SuiteIndex } from './closure.ts';
import { digestIndex, openDigest } from './packages.ts';

interface Given {
  readonly version?: string;
  readonly depends?: string;
  readonly provides?: string;
}

async function suite(name: string, packages: Readonly<Record<string, Given>>): Promise<SuiteIndex> {
  const text = Object.entries(packages).map(([key, { version = '1', depends = '', provides = '' }]) =>
    [
      `Package: ${key.split('@')[0]}`,
      `Version: ${version}`,
      'Architecture: amd64',
      `Filename: pool/${key}.deb`,
      'Size: 1',
      `SHA256: ${'0'.repeat(64)}`,
      `Depends: ${depends}`,
      `Provides: ${provides}`,
    ].join('\n'),
  );
  return { suite: name, index: openDigest(await digestIndex([Buffer.from(text.join('\n\n'))])) };
}

const names = (roots: readonly string[], ...suites: readonly SuiteIndex[]): string[] =>
  closureOf(roots, suites).map((one) => `${one.name}=${one.version}`);

test('the highest version wins, whichever suite has it', async () => {
  const main = await suite('bookworm', { a: { version: '1.0-1', depends: 'b' }, b: { version: '2' } });
  const security = await suite('bookworm-security', { a: { version: '1.0-1+deb12u1', depends: 'b' }, b: { version: '1.9' } });
  expect(closureOf(['a'], [main, security]).map((one) => [one.name, one.version, one.suite])).toEqual([
    ['a', '1.0-1+deb12u1', 'bookworm-security'],
    ['b', '2', 'bookworm'],
  ]);
});

test('the order of roots and suites does not matter', async () => {
  const one = await suite('s', {
    a: { depends: 'c | b' },
    b: {},
    c: { depends: 'b' },
    d: { depends: 'virtual' },
    p: { provides: 'virtual' },
    q: { provides: 'virtual' },
  });
  const two = await suite('t', { b: { version: '3' } });
  expect(names(['d', 'a'], one, two)).toEqual(names(['a', 'd', 'a'], two, one));
});

test('an alternative already taken is enough, else the first that can be had', async () => {
  const index = await suite('s', {
    a: { depends: 'x | y, y' },
    r: { depends: 'missing | y' },
    t: { depends: 'y (>= 2) | x' },
    x: {},
    y: {},
  });
  expect(names(['r'], index)).toEqual(['r=1', 'y=1']);
  expect(names(['t'], index)).toEqual(['t=1', 'x=1']);
  expect(names(['a', 'y'], index)).toEqual(['a=1', 'y=1']);
});

test('a provided name counts, with its version where one is asked for', async () => {
  const index = await suite('s', {
    a: { depends: 'libssl3 (>= 3.0)' },
    t64: { provides: 'libssl3 (= 3.5)' },
    bare: { provides: 'libssl3' },
  });
  expect(names(['a'], index)).toEqual(['a=1', 't64=1']);
});

test('`:any` is no part of the name', async () => {
  expect(names(['a'], await suite('s', { a: { depends: 'tool:any (>= 1)' }, tool: {} }))).toEqual(['a=1', 'tool=1']);
});

test('circles end', async () => {
  expect(names(['libc6'], await suite('s', { libc6: { depends: 'libgcc-s1' }, 'libgcc-s1': { depends: 'libc6 (>= 1)' } }))).toEqual([
    'libc6=1',
    'libgcc-s1=1',
  ]);
});

test('what maintainer scripts need is left out, unless it is asked for', async () => {
  const index = await suite('s', {
    'ca-certificates': { depends: 'openssl (>= 1.1), debconf (>= 0.5) | debconf-2.0' },
    openssl: {},
    debconf: {},
  });
  expect(names(['ca-certificates'], index)).toEqual(['ca-certificates=1']);
  expect(names(['ca-certificates', 'openssl'], index)).toEqual(['ca-certificates=1', 'openssl=1']);
});

test("an unknown package is the user's, an unmet dependency the mirror's", async () => {
  const index = await suite('s', { a: { depends: 'b (>> 1)' }, b: {} });
  expect(() => closureOf(['tinni'], [index])).toThrow(UserError);
  expect(() => closureOf(['a'], [index])).toThrow(EnvironmentError);
  expect(() => closureOf(['a'], [index])).toThrow('a 1 needs b (>> 1)');
});
