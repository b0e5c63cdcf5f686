import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { treeOf } from './image.testing.ts';
import { packagesOf } from './index.ts';
import { packageOfHeader } from './rpm-header.ts';
import { blobsOfTable } from './sqlite.ts';

const hasRpm = existsSync('/usr/bin/rpmbuild');
/** Berkeley DB's own program (Debian: db5.3-util). */
const LOAD = '/usr/bin/db5.3_load';
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
  execFileSync(
    'rpmbuild',
    ['--quiet', '--define', `_topdir ${root}/top`, '--define', `_dbpath ${root}/none`, '--define', 'dist .el9', '-bb', spec],
    { stdio: 'pipe' },
  );
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

  describe.skipIf(!existsSync(LOAD))('of Berkeley DB', () => {
    test.each([
      ['low byte first', 1234, 4096],
      ['high byte first', 4321, 4096],
      ['small pages', 1234, 512],
      ['large pages', 4321, 65_536],
    ] as const)('has the packages that rpm reads there: %s', async (_, order, pageSize) => {
      const blobs = [...blobsOfTable(readFileSync(join(database, 'rpmdb.sqlite')), 'Packages')];
      const folder = join(root, `berkeley-${order}-${pageSize}`);
      const file = berkeleyOf(blobs, folder, order, pageSize);
      const said = execFileSync(
        'rpm',
        [
          '--define',
          '_db_backend bdb_ro',
          '--dbpath',
          folder,
          '-qa',
          '--queryformat',
          '%{NAME} %|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE} [%{FILENAMES} ]\n',
        ],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 26 },
      );
      const { packages, unread } = await packagesOf(await treeOf({ 'var/lib/rpm/Packages': file }));
      expect(unread).toEqual([]);
      expect(packages).toHaveLength(SPECS.length - 1);
      const read = packages.map((it) => `${it.name} ${it.version} ${it.files.map((path) => `/${path} `).join('')}`);
      expect(read.toSorted()).toEqual(said.split('\n').slice(0, -1).toSorted());
    });

    test('a page that is gone, or leads in a circle, is told with what was read before it', async () => {
      const blobs = [...blobsOfTable(readFileSync(join(database, 'rpmdb.sqlite')), 'Packages')];
      const whole = berkeleyOf(blobs, join(root, 'berkeley-broken'), 1234, 4096);
      const cut = await packagesOf(await treeOf({ 'var/lib/rpm/Packages': whole.subarray(0, whole.length - 4096) }));
      expect(cut.unread).toEqual([
        {
          path: 'var/lib/rpm/Packages',
          why: expect.stringMatching(/^it is broken after \d+ packages: page \d+ is not in the file$/) as unknown,
        },
      ]);
      // Every page leads to itself: buckets' pages come again, and long items are never whole.
      for (let page = 1; page * 4096 < whole.length; page += 1) whole.writeUInt32LE(page, page * 4096 + 16);
      const round = await packagesOf(await treeOf({ 'var/lib/rpm/Packages': whole }));
      expect(round.unread).toEqual([
        { path: 'var/lib/rpm/Packages', why: expect.stringMatching(/in a circle$|of a long item$/) as unknown },
      ]);
    });
  });

  test.each(['rpmdb.sqlite', 'Packages.db', ...(existsSync(LOAD) ? ['Packages'] : [])])(
    '%s, broken anywhere, is no crash and no endless reading',
    async (name) => {
      const sqlite = readFileSync(join(database, 'rpmdb.sqlite'));
      const blobs = [...blobsOfTable(sqlite, 'Packages')];
      const berkeley = (): Buffer => berkeleyOf(blobs, join(root, 'berkeley-damaged'), 1234, 4096);
      const whole = name === 'rpmdb.sqlite' ? sqlite : name === 'Packages' ? berkeley() : ndbOf(blobs);
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

/** What rpm before 4.16 makes, by Berkeley DB itself: `Packages` in a folder, under their numbers, and under 0 the last of them. */
function berkeleyOf(blobs: readonly Uint8Array[], folder: string, order: 1234 | 4321, pageSize: number): Buffer {
  mkdirSync(folder, { recursive: true });
  const number = (it: number): string => {
    const bytes = Buffer.alloc(4);
    if (order === 1234) bytes.writeUInt32LE(it);
    else bytes.writeUInt32BE(it);
    return bytes.toString('hex');
  };
  const pairs = [[number(0), number(blobs.length)], ...blobs.map((blob, index) => [number(index + 1), Buffer.from(blob).toString('hex')])];
  const file = join(folder, 'Packages');
  rmSync(file, { force: true });
  execFileSync(LOAD, [file], {
    input: [
      ['VERSION=3', 'format=bytevalue', 'type=hash', `db_pagesize=${pageSize}`, `db_lorder=${order}`, 'HEADER=END'],
      pairs.flat().map((it) => ` ${it}`),
      ['DATA=END', ''],
    ]
      .flat()
      .join('\n'),
  });
  return readFileSync(file);
}

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

describe('a database that was made to take long', () => {
  test('rows that lie over one another are refused', () => {
    const file = join(root, 'overlapping.sqlite');
    const script = `import sqlite3, sys
d = sqlite3.connect(sys.argv[1]); d.execute('PRAGMA page_size=4096'); d.execute('CREATE TABLE Packages(hnum INTEGER PRIMARY KEY, blob BLOB)')
d.execute('INSERT INTO Packages VALUES (1, ?)', (b'x' * 196900,))
d.executemany('INSERT INTO Packages VALUES (?, ?)', [(i, b'y' * 10) for i in range(2, 42)]); d.commit()`;
    execFileSync('python3', ['-c', script, file]);
    const bytes = readFileSync(file);
    expect([...blobsOfTable(bytes, 'Packages')]).toHaveLength(41);
    // The second page is the table's: all its cells become the first.
    for (let index = 1; index < 41; index += 1) bytes.copy(bytes, 4096 + 8 + 2 * index, 4096 + 8, 4096 + 10);
    expect(() => [...blobsOfTable(bytes, 'Packages')]).toThrow('longer than the file');
  });

  test('of a tag that a header repeats the first counts', () => {
    const tags = [
      [1000, 0],
      [1001, 2],
      [1002, 2],
      [1000, 4],
    ] as const;
    const header = Buffer.alloc(8 + 16 * tags.length + 6);
    header.writeUInt32BE(tags.length, 0);
    header.writeUInt32BE(6, 4);
    for (const [index, [tag, offset]] of tags.entries())
      [tag, 6, offset, 1].forEach((it, i) => header.writeUInt32BE(it, 8 + 16 * index + 4 * i));
    header.write('a\x001\0b\0', 8 + 16 * tags.length, 'latin1');
    expect(packageOfHeader(header)).toMatchObject({ name: 'a', version: '1-1' });
  });
});
