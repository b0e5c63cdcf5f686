import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { treeOf } from './image.testing.ts';
import { packagesOf, type Package } from './index.ts';

const DEBIAN = {
  'etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n',
};
const one = async (files: Readonly<Record<string, string>>): Promise<Package> => {
  const { packages, unread } = await packagesOf(await treeOf(files));
  expect({ count: packages.length, unread }).toEqual({ count: 1, unread: [] });
  return packages[0]!;
};

const DPKG = '/var/lib/dpkg';
test.skipIf(!existsSync(`${DPKG}/status`))('Debian’s packages, their sources and files are those that dpkg-query names', async () => {
  const lists = readdirSync(`${DPKG}/info`).filter((name) => name.endsWith('.list'));
  const files = Object.fromEntries(
    [...lists.map((name) => `info/${name}`), 'status'].map((name) => [`${DPKG}/${name}`.slice(1), readFileSync(join(DPKG, name))]),
  );
  const format = '${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n';
  const said = execFileSync('dpkg-query', ['--show', '--showformat', format], { encoding: 'utf8' });
  const expected = said.split('\n').flatMap((line) => (line.startsWith('installed\t') ? [line.split('\t').slice(1)] : []));
  const { packages, unread } = await packagesOf(await treeOf(files));
  const rows = packages.map(({ name, version, architecture, source }) => [name, version, architecture, source?.name, source?.version]);
  expect(unread).toEqual([]);
  expect(rows.map((row) => row.join(' ')).toSorted()).toEqual(expected.map((row) => row.join(' ')).toSorted());
  const bash = packages.find(({ name }) => name === 'bash')!;
  const listed = execFileSync('dpkg-query', ['--listfiles', 'bash'], { encoding: 'utf8' }).trim().split('\n');
  expect(bash.files.map((path) => `/${path}`)).toEqual(
    listed.filter((path) => !listed.some((it) => it.startsWith(`${path}/`)) && path !== '/.'),
  );
});

test('of a Debian package: what it needs and provides, its distribution, and the layer that brought it', async () => {
  const libx =
    'Package: libx1\nStatus: install ok installed\nArchitecture: amd64\nSource: x (1:2+b~1)\nVersion: 1:2+b~1+b1\nPre-Depends: a\nDepends: b (>= 1) | c:any, d [amd64]\nProvides: libx (= 1)\n';
  const removed = '\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n';
  const { packages } = await packagesOf(
    await treeOf(
      { ...DEBIAN, 'var/lib/dpkg/info/libx1:amd64.list': '/.\n/usr\n/usr/lib/libx.so.1\n', 'usr/lib/libx.so.1': '' },
      { 'var/lib/dpkg/status': libx + removed },
    ),
  );
  expect(packages).toEqual([
    {
      ecosystem: 'debian',
      name: 'libx1',
      version: '1:2+b~1+b1',
      architecture: 'amd64',
      source: { name: 'x', version: '1:2+b~1' },
      distribution: { id: 'debian', version: '12', codename: 'bookworm' },
      purl: 'pkg:deb/debian/libx1@1:2%2Bb~1%2Bb1?arch=amd64&distro=debian-12&upstream=x%401:2%2Bb~1',
      layer: 0,
      path: 'var/lib/dpkg/status',
      files: ['usr/lib/libx.so.1'],
      requires: ['a', 'b', 'c', 'd'],
      provides: ['libx'],
    },
  ]);
});

test.each([
  ['was deleted', { 'app/x': '' }],
  ['lies where nobody looks', { 'var/lib/dpkg': '→ /opt/dpkg', 'opt/dpkg/status': 'Package: a\nVersion: 1\n' }],
])('an image of a distribution whose list %s says that it is not known, beside other packages', async (_, files) => {
  const wheel = { 'usr/lib/python3/dist-packages/a-1.dist-info/METADATA': 'Name: a\nVersion: 1\n' };
  const { packages, unread } = await packagesOf(await treeOf({ ...DEBIAN, ...wheel, ...files }));
  expect(packages).toHaveLength(1);
  expect(unread).toEqual([
    { path: 'etc/os-release', why: 'it says `debian`, and no list of that distribution’s packages is in the image' },
  ]);
});

test('distroless’ list has a file a package, with sums of its files', async () => {
  const it = await one({
    'var/lib/dpkg/status.d/libc6': 'Package: libc6\nVersion: 2.36-9\nArchitecture: amd64\n',
    'var/lib/dpkg/status.d/libc6.md5sums': `${'0'.repeat(32)}  lib/ld.so\n${'1'.repeat(32)}  usr/share/a b\n`,
  });
  expect(it).toMatchObject({ name: 'libc6', files: ['lib/ld.so', 'usr/share/a b'], purl: 'pkg:deb/libc6@2.36-9?arch=amd64' });
});

test('Alpine’s packages', async () => {
  const { packages } = await packagesOf(
    await treeOf({
      'etc/os-release': 'ID=alpine\nVERSION_ID=3.20.3\n',
      'lib/apk/db/installed':
        'C:Q1=\nP:musl\nV:1.2.5-r0\nA:x86_64\nL:MIT\no:musl\np:so:libc.musl-x86_64.so.1=1\nF:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\nZ:Q1=\nR:libc.so\n\n' +
        'P:busybox-binsh\nV:1.36.1-r29\nA:x86_64\nD:busybox=1.36.1-r29 so:libc.musl-x86_64.so.1 !other\nL:GPL-2.0-only\no:busybox\np:/bin/sh cmd:sh=1.36.1-r29\nF:\nF:bin\nR:sh\n\n',
    }),
  );
  expect(
    packages.map(({ name, source, licence, purl, files, requires, provides }) => ({
      name,
      source,
      licence,
      purl,
      files,
      requires,
      provides,
    })),
  ).toEqual([
    {
      name: 'busybox-binsh',
      source: { name: 'busybox', version: '1.36.1-r29' },
      licence: 'GPL-2.0-only',
      purl: 'pkg:apk/alpine/busybox-binsh@1.36.1-r29?arch=x86_64&distro=alpine-3.20.3&upstream=busybox',
      files: ['bin/sh'],
      requires: ['busybox', 'so:libc.musl-x86_64.so.1'],
      provides: ['/bin/sh', 'cmd:sh'],
    },
    {
      name: 'musl',
      source: { name: 'musl', version: '1.2.5-r0' },
      licence: 'MIT',
      purl: 'pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.3',
      files: ['lib/ld-musl-x86_64.so.1', 'lib/libc.so'],
      requires: [],
      provides: ['so:libc.musl-x86_64.so.1'],
    },
  ]);
});

const SITE = 'opt/venv/lib/python3.12/site-packages';

test('a wheel: files of RECORD, what it needs without extras, who installed it and from where, without the login', async () => {
  const it = await one({
    [`${SITE}/My_Pkg-1.0.dist-info/METADATA`]:
      'Metadata-Version: 2.4\nName: My_Pkg\nVersion: 1.0+local\nLicense-Expression: MIT\nRequires-Dist: anyio<5,>=3; python_version < "4"\nRequires-Dist: rich; extra == "cli"\n\nName: other\n',
    [`${SITE}/My_Pkg-1.0.dist-info/RECORD`]: 'my_pkg/__init__.py,sha256=x,1\n../../../bin/my,,\n"my_pkg/a,""b"".txt",,\r\n',
    [`${SITE}/My_Pkg-1.0.dist-info/INSTALLER`]: 'uv\n',
    [`${SITE}/My_Pkg-1.0.dist-info/direct_url.json`]: '{"url": "https://user:secret@host.example/a.whl?token=secret", "archive_info": {}}',
  });
  expect(it).toMatchObject({
    name: 'My_Pkg',
    licence: 'MIT',
    purl: 'pkg:pypi/my-pkg@1.0%2Blocal',
    installer: 'uv',
    origin: 'https://host.example/a.whl',
    requires: ['anyio'],
    files: [`${SITE}/my_pkg/__init__.py`, 'opt/venv/bin/my', `${SITE}/my_pkg/a,"b".txt`],
  });
});

test.each([
  ['what another distribution has bundled', `${SITE}/setuptools/_vendor/wheel-1.dist-info/METADATA`, false],
  ['a checkout’s egg-info', 'app/src/x.egg-info/PKG-INFO', false],
  ['a folder of pip install --target', 'var/task/x-1.dist-info/METADATA', true],
  ['Debian’s egg-info that is a file', 'usr/lib/python3/dist-packages/x-1.egg-info', true],
] as const)('%s counts as it does for importlib.metadata: %s', async (_, path, counts) => {
  const { packages } = await packagesOf(await treeOf({ [path]: 'Name: x\nVersion: 1\n' }));
  expect(packages.map(({ name }) => name)).toEqual(counts ? ['x'] : []);
});

const hostSite = '/usr/lib/python3/dist-packages';
test.skipIf(!existsSync(hostSite))('Python’s distributions and their files are those of importlib.metadata', async () => {
  const records = readdirSync(hostSite, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /^[^/]+-info(\/(METADATA|PKG-INFO|RECORD))?$/.test(path),
  );
  const texts = records.flatMap((path) => {
    const full = join(hostSite, path);
    return existsSync(full) && !readdirSafe(full) ? [[full.slice(1), readFileSync(full)] as const] : [];
  });
  const code =
    'import importlib.metadata as m, json, sys\nprint(json.dumps(sorted([d.metadata["Name"], d.version, len([f for f in d.files or []]) if d.read_text("RECORD") else 0] for d in m.distributions(path=[sys.argv[1]]))))';
  const expected = JSON.parse(execFileSync('python3', ['-c', code, hostSite], { encoding: 'utf8' })) as unknown[];
  const { packages } = await packagesOf(await treeOf(Object.fromEntries(texts)));
  expect(expected.length).toBeGreaterThan(0);
  const byName = (a: readonly unknown[], b: readonly unknown[]): number => (String(a) < String(b) ? -1 : 1);
  expect(packages.map(({ name, version, files }) => [name, version, files.length]).toSorted(byName)).toEqual(
    (expected as unknown[][]).toSorted(byName),
  );
});

function readdirSafe(path: string): boolean {
  try {
    readdirSync(path);
    return true;
  } catch {
    return false;
  }
}

test('npm’s packages, scoped, nested and pnpm’s; a package’s own test data is none', async () => {
  const says = (name: string, more = ''): string => `{"name": "${name}", "version": "1.0.0"${more}}`;
  const { packages, unread } = await packagesOf(
    await treeOf({
      'app/package.json': says('app'),
      'app/node_modules/a/package.json': says('a', ', "license": "MIT", "dependencies": {"b": "*"}'),
      'app/node_modules/a/index.js': '',
      'app/node_modules/a/node_modules/b/package.json': says('b', ', "licenses": [{"type": "MIT"}, {"type": "BSD"}]'),
      'app/node_modules/a/test/node_modules/fixture/package.json': says('fixture'),
      'app/node_modules/a/lib/package.json': '{"type": "module"}',
      'app/node_modules/@types/node/package.json': says('@types/node'),
      'app/node_modules/.pnpm/c@1.0.0/node_modules/c/package.json': says('c'),
      'app/node_modules/c': '→ .pnpm/c@1.0.0/node_modules/c',
      'app/node_modules/.package-lock.json': '{}',
    }),
  );
  expect(unread).toEqual([]);
  expect(packages.map(({ purl, licence }) => [purl, licence])).toEqual([
    ['pkg:npm/%40types/node@1.0.0', undefined],
    ['pkg:npm/a@1.0.0', 'MIT'],
    ['pkg:npm/b@1.0.0', 'MIT OR BSD'],
    ['pkg:npm/c@1.0.0', undefined],
  ]);
  const a = packages.find(({ name }) => name === 'a');
  expect(a?.requires).toEqual(['b']);
  expect(a?.files).toEqual([
    'app/node_modules/a/index.js',
    'app/node_modules/a/lib/package.json',
    'app/node_modules/a/package.json',
    'app/node_modules/a/test/node_modules/fixture/package.json',
  ]);
});

test.each([
  ['var/lib/dpkg/status', '\0\x01garbage', 'no package stands in it'],
  ['var/lib/dpkg/status', 'Package: a\nVersion: 1\n\nPackage: b\nStatus: install ok installed\n', 'paragraph 2 has no `Version`'],
  ['lib/apk/db/installed', 'P:a\nV:1\n\nP:b\n', 'paragraph 2 has no `P:` or no `V:`'],
  ['usr/lib/sysimage/rpm/rpmdb.sqlite', 'x', 'it is broken after 0 packages: it is no SQLite database'],
  ['var/lib/rpm/Packages.db', 'RpmP', 'it is broken after 0 packages: Offset is outside the bounds of the DataView'],
  [`${SITE}/x.dist-info/METADATA`, 'Name: x\n', 'it has no `Version`'],
  ['app/node_modules/x/package.json', '{"name": "x"', 'it is no JSON object'],
  ['app/node_modules/x/package.json', '{"name": "x"}', 'it has no `name` or no `version`'],
] as const)('what is broken in %s is said, and the rest is read', async (path, text, why) => {
  expect((await packagesOf(await treeOf({ [path]: text }))).unread).toEqual([{ path, why }]);
});

test('a loop of links is no package, and no end', async () => {
  const tree = await treeOf({
    'var/lib/dpkg/status': '→ status',
    'etc/os-release': '→ ../etc/os-release',
    'a/node_modules/b': '→ ../node_modules',
  });
  expect(await packagesOf(tree)).toEqual({ packages: [], unread: [] });
});
