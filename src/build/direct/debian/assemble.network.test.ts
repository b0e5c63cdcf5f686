import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openStore, type Store } from '../../../base/node.ts';
import { writeLayer, type LayerEntry } from '../../../image/index.ts';
import type { LockedPackage } from '../../types.ts';
import { neededLibraries } from '../elf/index.ts';
import {
  absentModules,
  assembleBase,
  assembleInterpreter,
  findMirrors,
  hostArchitecture,
  pythonForHost,
  resolveDebian,
  type Assembly,
} from './index.ts';

// Real Debian, from this machine's own apt sources.
const hasDebian = await findMirrors().then(
  () => true,
  () => false,
);
const host = hostArchitecture();
const asRoot = process.getuid?.() === 0;
const chroot = asRoot ? ['chroot'] : ['unshare', '-r', 'chroot'];
const canChroot = spawnSync(chroot[0] ?? '', [...chroot.slice(1), '/', '/bin/true']).status === 0;

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-assemble-'));
  store = await openStore(join(folder, 'store'));
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
}, 600_000);

interface Layers {
  readonly packages: readonly LockedPackage[];
  readonly base: readonly LayerEntry[];
  readonly interpreter: readonly LayerEntry[];
}

const made = new Map<string, Promise<Layers>>();

function layersOf(suite: 'bookworm' | 'trixie', python: string, architecture: string, needed?: ReadonlySet<string>): Promise<Layers> {
  const key = [suite, architecture, needed !== undefined].join();
  const layers = made.get(key) ?? makeLayers(suite, python, architecture, needed);
  made.set(key, layers);
  return layers;
}

async function makeLayers(
  suite: 'bookworm' | 'trixie',
  python: string,
  architecture: string,
  needed?: ReadonlySet<string>,
): Promise<Layers> {
  const { packages } = await resolveDebian({ suite, python, architecture, packages: ['tini'], locked: false }, { store });
  const assembly: Assembly = { packages, python, user: { uid: 10001, gid: 10001, name: 'app' }, needed };
  return { packages, base: await assembleBase(assembly, { store }), interpreter: await assembleInterpreter(assembly, { store }) };
}

const onPath = (entries: readonly LayerEntry[]): ReadonlyMap<string, LayerEntry> => new Map(entries.map((entry) => [entry.path, entry]));

/** Modules that the standard library names and no Linux has; nor has the whole of Debian's Python. */
const otherSystems = new Set([
  '_ios_support',
  '_msi',
  '_overlapped',
  '_pyrepl.windows_console',
  '_scproxy',
  '_winapi',
  '_wmi',
  'asyncio.windows_events',
  'asyncio.windows_utils',
  'msilib',
  'msvcrt',
  'multiprocessing.popen_spawn_win32',
  'nt',
  'winreg',
  'winsound',
]);

const script = `
import sys, importlib, warnings, json, pkgutil, io, contextlib
warnings.simplefilter('ignore')
failed = {}
def attempt(name):
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            importlib.import_module(name)
    except BaseException as error:
        failed[name] = repr(error)
for name in sorted(sys.stdlib_module_names - {'antigravity', 'idlelib'}):
    attempt(name)
    package = sys.modules.get(name)
    if hasattr(package, '__path__') and name not in ('lib2to3', 'distutils', 'encodings'):
        for module in pkgutil.walk_packages(package.__path__, name + '.'):
            if not module.name.endswith('__main__'): attempt(module.name)
import ssl, zoneinfo, socket, locale, pwd, mimetypes, ctypes, sqlite3
locale.setlocale(locale.LC_ALL, 'C.UTF-8')
print(json.dumps({
    'failed': failed,
    'authorities': len(ssl.create_default_context().get_ca_certs()),
    'zones': len(zoneinfo.available_timezones()),
    'berlin': str(zoneinfo.ZoneInfo('Europe/Berlin')),
    'https': socket.getservbyname('https'),
    'user': pwd.getpwuid(10001).pw_name,
    'icon': mimetypes.guess_type('a.woff2')[0],
    'libc': ctypes.CDLL('libc.so.6').abs(-3),
    'path': [p for p in sys.path if 'dist-packages' in p],
    'version': sys.version_info[:2],
}))
`;

// Slow machines share this one's cores: hundreds of megabytes are unpacked.
vi.setConfig({ testTimeout: 600_000 });

describe.skipIf(!hasDebian).each([
  { suite: 'bookworm', python: '3.11', maxMb: 43, maxGzMb: 15.5 },
  { suite: 'trixie', python: '3.13', maxMb: 44, maxGzMb: 16 },
] as const)('$suite with Python $python', ({ suite, python, maxMb, maxGzMb }) => {
  test.skipIf(host === undefined || !canChroot)(
    'runs from its two layers alone, and every public module of the standard library imports',
    async () => {
      const { base, interpreter } = await layersOf(suite, python, host ?? '');
      const root = join(folder, suite);
      mkdirSync(root);
      let [tarBytes, gzBytes] = [0, 0];
      for (const entries of [base, interpreter]) {
        const layer = await writeLayer(entries, { mtimeSeconds: 0, createdBy: 'test' }, store);
        expect(spawnSync('tar', ['-xzf', await store.pathOf(layer.descriptor.digest), '-C', root, '--no-same-owner']).status).toBe(0);
        tarBytes += layer.uncompressedSize;
        gzBytes += layer.descriptor.size;
      }
      expect(tarBytes / 1e6).toBeLessThan(maxMb);
      expect(gzBytes / 1e6).toBeLessThan(maxGzMb);
      writeFileSync(join(root, 'tmp', 'all.py'), script);
      const end = spawnSync(chroot[0] ?? '', [...chroot.slice(1), root, '/usr/bin/python', '-I', '/tmp/all.py'], {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'] },
      });
      expect([end.status, end.stderr]).toEqual([0, '']);
      const seen = JSON.parse(end.stdout) as { failed: Record<string, string>; authorities: number; zones: number };
      const unexpected = Object.entries(seen.failed).filter(([name]) => !otherSystems.has(name) && !isAbsent(name));
      expect(unexpected).toEqual([]);
      expect(seen.authorities).toBeGreaterThan(100);
      expect(seen.zones).toBeGreaterThan(400);
      expect(seen).toMatchObject({
        berlin: 'Europe/Berlin',
        https: 443,
        user: 'app',
        icon: 'font/woff2',
        libc: 3,
        path: [`/usr/local/lib/python${python}/dist-packages`, '/usr/lib/python3/dist-packages'].filter((path) =>
          existsSync(join(root, path)),
        ),
      });
      expect(dangling(root)).toEqual([]);
    },
  );

  test('on arm64 it is whole: loader, libraries that programs ask for, links, packages for scanners', async () => {
    const { base, interpreter, packages } = await layersOf(suite, python, 'arm64', new Set());
    const entries = onPath([...base, ...interpreter]);
    const loader = entries.get('usr/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1') ?? entries.get('usr/lib/ld-linux-aarch64.so.1');
    expect(loader?.type).toBe('file');
    expect(entries.get('lib')).toMatchObject({ type: 'symlink', target: 'usr/lib' });
    expect(entries.get(`usr/bin/python${python}`)).toMatchObject({ type: 'file', mode: 0o755 });
    const libraries = new Set([...entries.keys()].map((path) => path.slice(path.lastIndexOf('/') + 1)));
    const missing = [...entries.values()].flatMap((entry) =>
      entry.type === 'file' && entry.content instanceof Uint8Array
        ? neededLibraries(entry.content)
            .filter((name) => !libraries.has(name))
            .map((name) => `${entry.path}: ${name}`)
        : [],
    );
    expect(missing).toEqual([]);
    for (const one of packages.filter(({ name }) => name !== 'libstdc++6')) {
      const status = entries.get(`var/lib/dpkg/status.d/${one.name}`);
      expect(status?.type === 'file' && status.content instanceof Uint8Array ? Buffer.from(status.content).toString() : '').toMatch(
        `Version: ${one.version}\n`,
      );
      const documents = entries.get(`usr/share/doc/${one.name}`);
      const copyright =
        documents?.type === 'symlink' ? `usr/share/doc/${documents.target}/copyright` : `usr/share/doc/${one.name}/copyright`;
      expect([copyright, entries.has(copyright)]).toEqual([copyright, true]);
    }
  });

  test('no shell, no package manager, nothing setuid, nothing that the world may write but temporary folders', async () => {
    const { base, interpreter } = await layersOf(suite, python, 'arm64', new Set());
    const all = [...base, ...interpreter];
    expect(
      all
        .filter((entry) => /^usr\/s?bin\//.test(entry.path))
        .map((entry) => entry.path)
        .toSorted(),
    ).toEqual([`usr/bin/python`, `usr/bin/python3`, `usr/bin/python${python}`, 'usr/bin/tini'].toSorted());
    expect(all.filter((entry) => (entry.mode & 0o6000) !== 0)).toEqual([]);
    expect(all.filter((entry) => entry.type !== 'symlink' && (entry.mode & 0o002) !== 0).map((entry) => [entry.path, entry.mode])).toEqual([
      ['tmp', 0o1777],
      ['var/tmp', 0o1777],
    ]);
  });

  test.skipIf(host === undefined)('its interpreter runs on this machine through its own loader', async () => {
    const { packages } = await layersOf(suite, python, host ?? '');
    const { argv, folder: root } = await pythonForHost(packages, python, { store });
    const code =
      'import ssl, sqlite3, ctypes, sys; print(sys.version_info[:2], sys.prefix); print("\\n".join(sorted({l.split()[-1] for l in open("/proc/self/maps") if ".so" in l})))';
    const end = spawnSync(argv[0], [...argv.slice(1), '-I', '-c', code], { encoding: 'utf8' });
    expect([end.status, end.stderr]).toEqual([0, '']);
    const [version, ...libraries] = end.stdout.trim().split('\n');
    expect(version).toBe(`(${python.replace('.', ', ')}) ${join(root, 'usr')}`);
    expect(libraries.length).toBeGreaterThan(5);
    expect(libraries.filter((library) => !library.startsWith(root))).toEqual([]);
  });
});

describe.skipIf(!hasDebian)('packages asked for beside the interpreter', { timeout: 600_000 }, () => {
  const user = { uid: 10001, gid: 10001, name: 'app' };
  const interpreterWith = async (name: string, more: Partial<Assembly> = {}): Promise<ReadonlyMap<string, LayerEntry>> => {
    const request = { suite: 'bookworm', python: '3.11', architecture: 'amd64', packages: [name], locked: false } as const;
    const { packages } = await resolveDebian(request, { store });
    return onPath(await assembleInterpreter({ packages, python: '3.11', user, needed: new Set(), ...more }, { store }));
  };

  test('bring a library on demand along when they link to it, and only then', async () => {
    const libraries = 'usr/lib/x86_64-linux-gnu';
    expect((await interpreterWith('libsnappy1v5')).has(`${libraries}/libstdc++.so.6`)).toBe(true);
    expect((await interpreterWith('libmagic1')).has(`${libraries}/libstdc++.so.6`)).toBe(false);
  });

  test('have the links that their scripts would have made', async () => {
    expect((await interpreterWith('libblas3')).get('usr/lib/x86_64-linux-gnu/libblas.so.3')).toMatchObject({
      type: 'symlink',
      target: '/usr/lib/x86_64-linux-gnu/blas/libblas.so.3',
    });
  });

  test('are in the cache that `ldconfig -p` prints, where libraries are to be found', async () => {
    const entries = await interpreterWith('libmagic1', { findsLibraries: true });
    expect(entries.get('usr/sbin/ldconfig')).toMatchObject({ type: 'file', mode: 0o755 });
    const cache = entries.get('etc/ld.so.cache');
    const text = cache?.type === 'file' && cache.content instanceof Uint8Array ? Buffer.from(cache.content).toString('latin1') : '';
    for (const soname of ['libmagic.so.1', 'libc.so.6', 'libz.so.1']) expect(text).toContain(`${soname}\0`);
    expect((await interpreterWith('libmagic1')).has('etc/ld.so.cache')).toBe(false);
  });
});

const isAbsent = (name: string): boolean => [...absentModules.keys()].some((absent) => name === absent || name.startsWith(`${absent}.`));

/** Links that lead nowhere, absolute ones taken inside the root. No link is followed on the way: it would lead out to the host. */
function dangling(root: string, folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return dangling(root, path);
    return !entry.isSymbolicLink() || leadsInside(root, path) ? [] : [path];
  });
}

function leadsInside(root: string, path: string): boolean {
  const target = readlinkSync(join(root, path));
  const next = target.startsWith('/') ? target.slice(1) : join(dirname(path), target);
  const status = lstatSync(join(root, next), { throwIfNoEntry: false });
  return status !== undefined && (!status.isSymbolicLink() || leadsInside(root, next));
}
