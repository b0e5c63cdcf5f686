import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { treeOf } from './image.testing.ts';
import { packagesOf } from './index.ts';
import { blobsOfTable } from './sqlite.ts';

const hasRpm = existsSync('/usr/bin/rpmbuild');
const root = mkdtempSync(join(tmpdir(), 'plimsoll-rpm-'));
const database = join(root, 'database');
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Packages as rpmbuild makes them: one with an epoch, one with more files than a page of a database holds, many small ones. */
const SPECS = [
  ['with-epoch', 'Epoch: 3\nRequires: many-files\nProvides: virtual = 2', ''],
  [
    'many-files',
    '',
    Array.from({ length: 900 }, (_, index) => `/usr/share/many/a-folder-with-a-long-name-${index}/file-ä-${index}`).join('\n'),
  ],
  ...Array.from({ length: 40 }, (_, index) => [`small-${index}`, 'BuildArch: noarch', ''] as const),
] as const;

function build(name: string, head: string, files: string): string {
  const spec = join(root, `${name}.spec`);
  const install = files === '' ? '' : `xargs -d '\\n' -n 1 install -D /dev/null <<'E'\n${files.replaceAll(/^/gm, '%{buildroot}')}\nE\n`;
  writeFileSync(
    spec,
    `Name: ${name}\nVersion: 1.0~rc1\nRelease: 2%{?dist}\nSummary: x\nLicense: MIT AND (GPL-2.0-only OR Apache-2.0)\n${head}\n%description\nx\n%install\n${install}%files\n${files}\n`,
  );
  execFileSync('rpmbuild', ['--quiet', '--define', `_topdir ${root}/top`, '--define', 'dist .el9', '-bb', spec], { stdio: 'pipe' });
  return execFileSync('sh', ['-c', `echo ${root}/top/RPMS/*/${name}-1.0*.rpm`], { encoding: 'utf8' }).trim();
}

describe.skipIf(!hasRpm)('rpm’s database', () => {
  let built: string[] = [];
  beforeAll(() => {
    built = SPECS.map(([name, head, files]) => build(name, head, files));
  }, 120_000);

  test('has the packages, files and needs that rpm names', async () => {
    const rpm = (...words: readonly string[]): string =>
      execFileSync('rpm', ['--define', '_db_backend sqlite', '--dbpath', database, ...words], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    rpm('--initdb');
    rpm('--install', '--justdb', '--nodeps', '--ignorearch', ...built);
    rpm('--erase', '--justdb', '--nodeps', 'small-7');
    const { packages, unread } = await packagesOf(
      await treeOf({
        'etc/os-release': 'ID="rhel"\nVERSION_ID="9.4"\n',
        'usr/lib/sysimage/rpm/rpmdb.sqlite': readFileSync(join(database, 'rpmdb.sqlite')),
      }),
    );
    expect(unread).toEqual([]);
    const said = rpm('-qa', '--queryformat', '%{NAME} %|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE} %{ARCH} %{LICENSE}\n').trim().split('\n');
    expect(said.length).toBe(SPECS.length - 1);
    expect(packages.map((it) => `${it.name} ${it.version} ${it.architecture} ${it.licence}`).toSorted()).toEqual(said.toSorted());
    const many = packages.find(({ name }) => name === 'many-files')!;
    expect(many.files.map((it) => `/${it}`)).toEqual(rpm('-ql', 'many-files').trim().split('\n'));
    expect(packages.find(({ name }) => name === 'with-epoch')).toMatchObject({
      requires: ['many-files'],
      provides: expect.arrayContaining(['virtual']) as unknown,
      source: { name: 'with-epoch', version: '1.0~rc1-2.el9' },
      purl: expect.stringMatching(/^pkg:rpm\/rhel\/with-epoch@1\.0~rc1-2\.el9\?arch=\w+&distro=rhel-9\.4&epoch=3&upstream=/) as unknown,
    });
  });

  test('in SUSE’s format has the same packages', async () => {
    const blobs = [...blobsOfTable(readFileSync(join(database, 'rpmdb.sqlite')), 'Packages')];
    const [sqlite, ndb] = await Promise.all([
      packagesOf(await treeOf({ 'var/lib/rpm/rpmdb.sqlite': readFileSync(join(database, 'rpmdb.sqlite')) })),
      packagesOf(await treeOf({ 'var/lib/rpm/Packages.db': ndbOf(blobs) })),
    ]);
    expect(ndb.unread).toEqual([]);
    expect(ndb.packages.map((it) => ({ ...it, path: '' }))).toEqual(sqlite.packages.map((it) => ({ ...it, path: '' })));
  });

  test.each(['rpmdb.sqlite', 'Packages.db'] as const)(
    '%s, broken anywhere, is no crash and no endless reading',
    async (name) => {
      const sqlite = readFileSync(join(database, 'rpmdb.sqlite'));
      const whole = name === 'rpmdb.sqlite' ? sqlite : ndbOf([...blobsOfTable(sqlite, 'Packages')]);
      const damage = fc.record({
        at: fc.integer({ min: 0, max: whole.length - 1 }),
        length: fc.integer({ min: 1, max: 64 }),
        byte: fc.integer({ min: 0, max: 255 }),
        cut: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(damage, async ({ at, length, byte, cut }) => {
          const broken = cut ? whole.subarray(0, at) : Buffer.from(whole).fill(byte, at, Math.min(whole.length, at + length));
          const { packages } = await packagesOf(await treeOf({ [`var/lib/rpm/${name}`]: broken }));
          expect(packages.length).toBeLessThan(SPECS.length);
        }),
        { numRuns: 100 },
      );
    },
    60_000,
  );
});

/** The format of rpm, lib/backend/ndb/rpmpkg.c, one page of slots: Debian's rpm does not write it. */
function ndbOf(blobs: readonly Uint8Array[]): Buffer {
  const word = (text: string): Buffer => Buffer.from(text, 'latin1');
  const numbers = (...all: readonly number[]): Buffer => Buffer.from(Uint32Array.from(all).buffer);
  const bodies: Buffer[] = [];
  const slots: Buffer[] = [Buffer.concat([word('RpmP'), numbers(0, 1, 1, blobs.length + 1, 0, 0, 0)])];
  let block = 4096 / 16;
  for (const [index, blob] of blobs.entries()) {
    const head = Buffer.concat([word('BlbS'), numbers(index + 1, 1, blob.length)]);
    const body = Buffer.concat([head, blob, Buffer.alloc(12 + ((32 - ((head.length + blob.length + 12) % 16)) % 16))]);
    slots.push(word('Slot'), numbers(index + 1, block, body.length / 16));
    bodies.push(body);
    block += body.length / 16;
  }
  while (Buffer.concat(slots).length < 4096) slots.push(word('Slot'), numbers(0, 0, 0));
  return Buffer.concat([...slots, ...bodies]);
}
