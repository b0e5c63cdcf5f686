import { execFileSync, spawnSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { LayerEntry } from '../../../image/index.ts';
import { compareNames, loaderCache } from './loader-cache.ts';

const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
const folder = `/usr/lib/${triplet}`;
const ldconfig = ['/sbin/ldconfig', '/usr/sbin/ldconfig'].find((path) => spawnSync(path, ['-p']).status === 0);

const temporary = mkdtempSync(join(tmpdir(), 'plimsoll-ld-'));
afterAll(() => rmSync(temporary, { recursive: true }));

/** The libraries of this machine's own folder, as a layer has them. */
function hostEntries(): LayerEntry[] {
  const head = { mode: 0o644, uid: 0, gid: 0 };
  return readdirSync(folder).flatMap((name): LayerEntry[] => {
    const path = `${folder}/${name}`.slice(1);
    const status = lstatSync(`/${path}`);
    if (!/\.so/.test(name) || (!status.isFile() && !status.isSymbolicLink())) return [];
    return status.isSymbolicLink()
      ? [{ type: 'symlink', path, target: readlinkSync(`/${path}`), ...head }]
      : [{ type: 'file', path, content: readFileSync(`/${path}`), ...head }];
  });
}

const conf: LayerEntry = {
  type: 'file',
  path: 'etc/ld.so.conf.d/host.conf',
  content: Buffer.from(`# Multiarch support\n/lib/${triplet}\n${folder}\n`),
  mode: 0o644,
  uid: 0,
  gid: 0,
};

/** `soname kind => path`, as ldconfig prints a cache. */
const printed = (cache: string): string[] =>
  execFileSync(ldconfig ?? '', ['-p', '-C', cache], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(' => '));

describe.skipIf(ldconfig === undefined || !realpathSync('/lib').startsWith('/usr'))("the loader's cache", () => {
  const ours = join(temporary, 'ours.cache');
  writeFileSync(ours, loaderCache([conf, ...hostEntries()], architecture));

  test('has the sonames that ldconfig itself finds in this folder, of the same kind', () => {
    const theirs = join(temporary, 'theirs.cache');
    // -X: no links are made; -N is absent, so a cache is.
    execFileSync(ldconfig ?? '', ['-X', '-C', theirs, '-f', '/dev/null', folder], { stdio: ['ignore', 'ignore', 'ignore'] });
    const of = (lines: string[]): Map<string, string> =>
      new Map(lines.map((line) => /^\s*(\S+) \(([^),]*(?:,[^),]*)?)/.exec(line)).map((found) => [found?.[1] ?? '', found?.[2] ?? '']));
    const [mine, expected] = [of(printed(ours)), of(printed(theirs).filter((line) => line.includes(`${folder}/`)))];
    // Names without a version are links for compilers; what a link leads out of the folder to was not laid in.
    const isHere = (name: string): boolean => realpathSync(`${folder}/${name}`).startsWith(`${folder}/`);
    const sonames = [...expected].filter(([name]) => mine.has(name) || (/^lib.*\.so\.\d+$/.test(name) && isHere(name)));
    expect(sonames.length).toBeGreaterThan(100);
    expect(sonames.filter(([name, kind]) => mine.get(name) !== kind)).toEqual([]);
  });

  test('names a file for each that is there', () => {
    const lines = printed(ours);
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.filter((line) => !realpathSync(line.split(' => ')[1] ?? '').startsWith('/usr/lib'))).toEqual([]);
  });
});

test('names are in the order that the loader searches by: numbers by their value', () => {
  const names = ['libb.so.1', 'liba.so.10', 'liba.so.9', 'liba.so', 'liba-2.so.1', 'liba2.so'];
  expect(names.toSorted(compareNames)).toEqual(['liba-2.so.1', 'liba.so', 'liba.so.9', 'liba.so.10', 'liba2.so', 'libb.so.1']);
});
