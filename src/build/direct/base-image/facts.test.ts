import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore, type Store } from '../../../base/node.ts';
import type { LayerEntry } from '../../../image/index.ts';
import { accountEntries } from './accounts.ts';
import { choosePython } from './choose-python.ts';
import { factsOf, type BaseFacts } from './facts.ts';
import { addedTo } from './init.ts';
import { replacedBy } from './replaced.ts';
import { elfProgram, file, imageOf } from './stand-ins.testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-base-'));
let store: Store;
beforeAll(async () => {
  store = await openStore(join(folder, 'store'));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const link = (path: string, target: string): LayerEntry => ({ type: 'symlink', path, target, mode: 0o777, uid: 0, gid: 0 });
const facts = async (entries: readonly LayerEntry[], Env: readonly string[] = []): Promise<BaseFacts> =>
  factsOf(await imageOf([entries], { Env }, store), store);
/** A Python of one minor version below `prefix`, as far as files go. */
const python = (prefix: string, minor: string, program = elfProgram('/lib64/ld-linux-x86-64.so.2')): LayerEntry[] => [
  { ...file(`${prefix}/bin/python${minor}`, ''), type: 'file', mode: 0o755, content: program },
  file(`${prefix}/lib/python${minor}/os.py`, ''),
];
const glibc = (minor: number): LayerEntry[] => [
  file('lib64/ld-linux-x86-64.so.2', ''),
  file('lib64/libc.so.6', `GNU C Library (Debian GLIBC 2.${minor}-9) stable release version 2.${minor}.\n`),
];
const musl = file('lib/ld-musl-x86_64.so.1', 'musl libc (x86_64)\nVersion %s\n\u00001.2.5\u0000');

describe('the Pythons of an image, read off its files', () => {
  test('those on PATH come first, in its order; then those of the usual places; each once', async () => {
    const { pythons, python3 } = await facts(
      [...python('opt/py', '3.12'), link('opt/py/bin/python3', 'python3.12'), ...python('usr', '3.9'), ...python('usr/local', '3.11')],
      ['PATH=/opt/py/bin:/usr/bin'],
    );
    expect(pythons.map(({ path, minor }) => [path, minor])).toEqual([
      ['opt/py/bin/python3', '3.12'],
      ['usr/bin/python3.9', '3.9'],
      ['usr/local/bin/python3.11', '3.11'],
    ]);
    expect(python3).toBe('opt/py/bin/python3');
  });

  test.each([
    ['glibc by what it calls itself', [...python('usr', '3.11'), ...glibc(36)], { libc: { kind: 'glibc', minor: 36 } }],
    [
      'musl by its loader',
      [...python('usr', '3.12', elfProgram('/lib/ld-musl-x86_64.so.1')), musl, ...glibc(36)],
      { libc: { kind: 'musl', version: '1.2.5' }, loader: 'lib/ld-musl-x86_64.so.1' },
    ],
    ['no C library that is known', python('usr', '3.11', elfProgram('/lib/ld-uClibc.so.1')), { libc: undefined }],
  ])('%s', async (_, entries, expected) => {
    const [first] = (await facts(entries)).pythons;
    expect({ ...first, libc: first?.libc }).toMatchObject(expected);
  });

  test.each([
    [
      'the package of Debian',
      [
        ...python('usr', '3.11'),
        file('var/lib/dpkg/status.d/python3.11-minimal', 'Package: python3.11-minimal\nVersion: 3.11.2-6+deb12u6\n'),
      ],
      [],
      '3.11.2',
    ],
    ['the package of Alpine', [...python('usr', '3.12'), file('lib/apk/db/installed', 'P:python3\nV:3.12.11-r0\n\n')], [], '3.12.11'],
    ['what the official image says', python('usr/local', '3.13'), ['PYTHON_VERSION=3.13.7'], '3.13.7'],
    [
      'its header',
      [...python('usr/local', '3.12'), file('usr/local/include/python3.12/patchlevel.h', '#define PY_VERSION           "3.12.7"\n')],
      ['PYTHON_VERSION=3.9.1'],
      '3.12.7',
    ],
    ['nothing: then it is the minor version', python('usr/local', '3.12'), [], '3.12'],
  ])('its full version is known by %s', async (_, entries, env, version) => {
    expect((await facts(entries, env)).pythons.map((it) => it.version)).toEqual([version]);
  });

  test('packages go where links lead: no layer puts a folder in place of a link', async () => {
    const [first] = (await facts([...python('opt/python-3.12', '3.12'), link('opt/python', 'python-3.12')], ['PATH=/opt/python/bin']))
      .pythons;
    expect(first?.install).toBe('opt/python-3.12/lib/python3.12/site-packages');
  });
});

describe('the Python that a service gets', () => {
  const plan = (requires?: string, asked?: string) =>
    ({
      service: {
        python: requires === undefined ? {} : { requires: { value: requires, because: [{ from: 'rule', rule: 'x', says: 'x' }] } },
      },
      recipe: { base: { kind: 'registry', reference: 'base', ...(asked === undefined ? {} : { python: asked }) } },
    }) as unknown as Parameters<typeof choosePython>[0];
  test('is the first that is admitted, of several', async () => {
    const both = await facts(
      [...python('usr', '3.9'), ...python('usr/local', '3.12')],
      ['PATH=/usr/bin:/usr/local/bin', 'PYTHON_VERSION=3.12.7'],
    );
    expect(choosePython(plan(), 'base', both).minor).toBe('3.9');
    expect(choosePython(plan('>=3.10'), 'base', both).version).toBe('3.12.7');
    expect(choosePython(plan(undefined, '3.12'), 'base', both).version).toBe('3.12.7');
    expect(() => choosePython(plan('>=3.13'), 'base', both)).toThrow(
      'requires-python ">=3.13" rules out Python 3.9 and 3.12.7, which base has',
    );
  });
});

describe('packages of the system', () => {
  const status = `Package: libpq5
Status: install ok installed
Version: 17.5-1

Package: libmagic1t64
Status: install ok installed
Version: 1:5.46-5
Provides: libmagic1 (= 1:5.46-5), libmagic1-any

Package: ffmpeg
Status: deinstall ok config-files
`;
  const debian = [...python('usr', '3.13'), file('var/lib/dpkg/status', status)];
  const distroless = [
    ...python('usr', '3.13'),
    file('var/lib/dpkg/status.d/libpq5', 'Package: libpq5\nVersion: 17.5-1\n'),
    file('var/lib/dpkg/status.d/libpq5.md5sums', 'd41d8cd98f00b204e9800998ecf8427e  usr/lib/libpq.so.5\n'),
  ];
  const alpine = [...python('usr', '3.12'), file('lib/apk/db/installed', 'P:libpq\nV:17.5-r0\n\nP:libmagic\nV:5.46-r2\n')];
  const glibc36: Parameters<typeof addedTo>[3] = { libc: { kind: 'glibc', minor: 36 } };
  const plan = (packages: readonly string[], found = 'none') =>
    ({ recipe: { packages }, decisions: [{ id: 'system-packages', choice: found }] }) as unknown as Parameters<typeof addedTo>[0];

  test.each([
    ['dpkg', debian, ['libpq5']],
    ['dpkg, under the name that another provides', debian, ['libmagic1', 'libmagic1t64']],
    ['dpkg, under the name of an older release', debian, ['libpq5t64']],
    ['the files of an image that was made without dpkg', distroless, ['libpq5']],
    ['apk', alpine, ['libmagic', 'libpq']],
  ])('that %s has are not asked for again', async (_, entries, packages) => {
    expect(addedTo(plan(packages), 'base', await facts(entries), glibc36)).toBe('');
  });

  test.each([
    ['found by the table', plan(['libpq5', 'ffmpeg'], 'ffmpeg libpq5'), '`ffmpeg` cannot be installed on base', 'systemPackages: false'],
    ['named in plimsoll.yaml', plan(['curl']), '`curl` cannot be installed on base', 'leave it out of `packages`'],
    ['an init', plan(['tini']), '`tini` cannot be installed on base', 'pid1: server'],
  ])('that it lacks are refused with the way out of whoever asked: %s', async (_, asked, says, hint) => {
    const base = await facts(debian);
    expect(() => addedTo(asked, 'base', base, glibc36)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(says), hint: expect.stringContaining(hint) }),
    );
  });
});

describe('accounts', () => {
  const base = {
    passwd: 'root:x:0:0::/root:/bin/sh\nnonroot:x:65532:65532::/home/nonroot:/sbin/nologin',
    group: 'root:x:0:\napp:x:500:\n',
  };
  const texts = (user: { uid: number; gid: number; name: string }): string[] =>
    accountEntries(base, user).map((entry) => (entry.type === 'file' ? Buffer.from(entry.content as Uint8Array).toString() : ''));
  test('are added to the base’s own, whatever ends its last line, and under a name that is free', () => {
    expect(texts({ uid: 10001, gid: 10001, name: 'app' })).toEqual([
      `${base.passwd}\napp:x:10001:10001:app:/nonexistent:/usr/sbin/nologin\n`,
      `${base.group}app10001:x:10001:\n`,
    ]);
  });
  test('that are there are left alone', () => {
    expect(texts({ uid: 65532, gid: 0, name: 'app' })).toEqual([]);
  });
});

test('of a base is known which folders are links, and which are not root’s or not 0755', async () => {
  const { below, passwd } = await facts([
    ...python('usr/local', '3.12'),
    link('etc', 'usr/etc'),
    link('var/run', '/run'),
    link('run', 'usr/run'),
    link('dangling', 'nowhere'),
    link('usr/local/bin/python3', 'python3.12'),
    file('usr/etc/passwd', 'root:x:0:0::/root:/bin/sh\n'),
    { type: 'directory', path: 'usr/run', mode: 0o755, uid: 0, gid: 0 },
    { type: 'directory', path: 'tmp', mode: 0o1777, uid: 0, gid: 0 },
    { type: 'directory', path: 'home/app', mode: 0o755, uid: 7, gid: 8 },
  ]);
  expect(passwd).toContain('root');
  expect(below).toEqual({
    links: { etc: 'usr/etc', run: 'usr/run', 'var/run': 'usr/run' },
    folders: { tmp: { mode: 0o1777, uid: 0, gid: 0 }, 'home/app': { mode: 0o755, uid: 7, gid: 8 } },
  });
});

test('a distribution that is installed over another version takes its files away, and nothing else’s', async () => {
  const site = 'usr/local/lib/python3.12/site-packages';
  const base = await facts([
    ...python('usr/local', '3.12'),
    file(`${site}/wheel-1.dist-info/METADATA`, ''),
    file(
      `${site}/wheel-1.dist-info/RECORD`,
      'wheel/__init__.py,,\nwheel/old.py,,\nwheel-1.dist-info/METADATA,,\nwheel-1.dist-info/RECORD,,\n../../../bin/wheel,,\n',
    ),
    file(`${site}/wheel/__init__.py`, ''),
    file(`${site}/wheel/old.py`, ''),
    file(`${site}/pip-1.dist-info/METADATA`, ''),
  ]);
  const [python312] = base.pythons;
  const own = [file(`${site}/Wheel-2.dist-info/METADATA`, ''), file(`${site}/wheel/__init__.py`, 'new')];
  expect(await replacedBy(own, base, python312!, store)).toEqual([`${site}/wheel-1.dist-info`, `${site}/wheel/old.py`]);
  expect(await replacedBy([file(`${site}/flask-1.dist-info/METADATA`, '')], base, python312!, store)).toEqual([]);
});

test.each(['1', '2'])('byte code of version %s that the base has of a module does not stand for version 2 of it', async (version) => {
  const site = 'usr/local/lib/python3.12/site-packages';
  const metadata = `${site}/wheel-${version}.dist-info`;
  const cached = ['wheel/__pycache__/__init__.cpython-312.pyc', 'wheel/__pycache__/__init__.cpython-312.opt-1.pyc'];
  const base = await facts([
    ...python('usr/local', '3.12'),
    file(`${metadata}/METADATA`, ''),
    // As uv and Debian leave it: what was compiled afterwards is in no list.
    file(`${metadata}/RECORD`, `wheel/__init__.py,,\nwheel/only_in_1.py,,\n`),
    file(`${site}/wheel/__init__.py`, ''),
    ...(version === '1' ? [file(`${site}/wheel/only_in_1.py`, '')] : []),
    ...cached.map((path) => file(`${site}/${path}`, 'old')),
    file(`${site}/wheel/__pycache__/only_in_1.cpython-312.pyc`, 'old'),
    file(`${site}/wheel/__pycache__/other.cpython-312.pyc`, 'of another distribution'),
  ]);
  const [python312] = base.pythons;
  const own = [file(`${site}/wheel-2.dist-info/METADATA`, ''), file(`${site}/wheel/__init__.py`, 'new')];
  const hidden = await replacedBy(own, base, python312!, store);
  expect(hidden.filter((path) => path.endsWith('.pyc'))).toEqual(
    [...cached, ...(version === '1' ? ['wheel/__pycache__/only_in_1.cpython-312.pyc'] : [])].map((path) => `${site}/${path}`).toSorted(),
  );
  const compiled = file(`${site}/${cached[0]}`, 'new');
  expect(await replacedBy([...own, compiled], base, python312!, store)).toEqual(hidden.filter((path) => path !== compiled.path));
});
