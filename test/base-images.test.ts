import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore, type Store } from '../src/base/node.ts';
import {
  debian,
  elfProgram,
  file,
  imageOf,
  likeDistroless,
  likeOfficial,
  OFFICIAL,
} from '../src/build/direct/base-image/stand-ins.testing.ts';
import type { Lock } from '../src/build/index.ts';
import { flatten, openImage, parseRegistryName, pushImages, type Image, type LayerEntry, type Platform } from '../src/image/index.ts';
import { has, skopeo, startRegistry, type TestRegistry } from '../src/image/registry/registry.testing.ts';
import { jsonDocuments } from '../src/report/json/index.ts';
import { copyOf, fixtures, isRoot, plimsoll, scratch, type End } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);

const amd64: Platform = { os: 'linux', architecture: 'amd64' };
const arm64: Platform = { os: 'linux', architecture: 'arm64' };

let counter = 0;
/** A fixture's service; machines that run tests are slow: a minute to start. */
function service(fixture: string, config = ''): string {
  const folder = copyOf(join(fixtures, fixture, 'service'), join(place.folder, `service-${(counter += 1)}`));
  writeFileSync(join(folder, 'plimsoll.yaml'), `budget:\n  ready: 60 s\n${config}`);
  return folder;
}

const link = (path: string, target: string): LayerEntry => ({ type: 'symlink', path, target, mode: 0o777, uid: 0, gid: 0 });
const program = (path: string, content: Uint8Array): LayerEntry => ({ type: 'file', path, mode: 0o755, uid: 0, gid: 0, content });
const lockOf = (folder: string): Lock => JSON.parse(readFileSync(join(folder, 'plimsoll.lock'), 'utf8')) as Lock;
const builtIn = (folder: string, platform: Platform = amd64): Promise<Image> =>
  openImage(`oci:${join(folder, '.plimsoll/image')}`, platform);
const failedGates = (end: End): unknown =>
  jsonDocuments.ship
    .parse(JSON.parse(end.stdout || 'null'))
    .gates.filter(({ required, outcome }) => required && (outcome === 'failed' || outcome === 'unproven'));

describe.skipIf(!has('docker-registry') || process.arch !== 'x64')('an image on a base of a registry', () => {
  let registry: TestRegistry;
  let store: Store;
  let official: Record<string, Image>;
  const push = (images: readonly Image[], name: string): Promise<unknown> =>
    pushImages(images, parseRegistryName(`${registry.host}/${name}`), { store });

  beforeAll(async () => {
    registry = await startRegistry(join(place.folder, 'registry'));
    store = await openStore();
    official = { amd64: await likeOfficial(store), arm64: await likeOfficial(store, 'arm64') };
    await push(Object.values(official), 'library/python:3.13-slim-trixie');
    await push([await likeDistroless(store)], 'distroless/python3:nonroot');
  }, 600_000);
  afterAll(async () => {
    await store.close();
    await registry.stop();
  });
  const reference = (): string => `${registry.host}/library/python:3.13-slim-trixie`;

  test.skipIf(!isRoot)('with Python in /usr/local is fit, and has the base’s layers as they are in front of its own', async () => {
    const folder = service('python-flask-gunicorn', 'packages: [zlib1g]\n'); // which the base has
    const end = await plimsoll(['ship', folder, '--base', reference(), '--json']);
    expect(end.stdout, end.stderr).not.toBe('');
    expect([failedGates(end), end.code]).toEqual([[], 0]);

    const [image, base] = [await builtIn(folder), official['amd64']!];
    const [manifest, below] = [await image.parsedManifest(), await base.parsedManifest()];
    expect(manifest.layers.slice(0, below.layers.length)).toEqual(below.layers);
    expect(manifest.annotations).toMatchObject({
      'org.opencontainers.image.base.name': reference(),
      'org.opencontainers.image.base.digest': await base.digest(),
    });
    expect(lockOf(folder).bases).toEqual([
      {
        reference: reference(),
        platform: 'linux/amd64',
        digest: await base.digest(),
        diffIds: (await base.layers()).map(({ diffId }) => diffId),
      },
    ]);

    const { config, history } = await image.config();
    expect(history?.slice(0, 3).map((step) => step.created_by)).toEqual([
      'stand-in, layer 1',
      'stand-in, layer 2',
      `plimsoll: accounts (on ${reference()})`,
    ]);
    expect(config?.Env?.slice(0, 4)).toEqual(OFFICIAL.Env);
    expect(config?.Labels).toMatchObject({ 'example.base': 'kept', 'org.opencontainers.image.title': expect.any(String) });
    expect(config?.User).toBe('10001:10001');
    const tree = await flatten(await image.layers());
    const text = async (path: string): Promise<string> => Buffer.from(await tree.read(path)).toString('utf8');
    expect((await text('usr/local/bin/gunicorn')).split('\n', 1)).toEqual(['#!/usr/local/bin/python3']);
    expect(await text('etc/passwd')).toMatch(/^root:[^]*\napp:x:10001:10001:app:\/nonexistent:\/usr\/sbin\/nologin\n$/);
    expect(tree.resolve('usr/local/lib/python3.13/site-packages/flask/__pycache__/app.cpython-313.pyc')).toBeDefined();
  });

  test.skipIf(!isRoot)('with Debian’s Python in /usr, and an entrypoint, a user and a folder of its own, is fit', async () => {
    const folder = service('python-tcp', 'pid1: dumb-init\n');
    const end = await plimsoll(['ship', folder, '--base', `${registry.host}/distroless/python3:nonroot`, '--json']);
    expect(end.stdout, end.stderr).not.toBe('');
    expect([failedGates(end), end.code]).toEqual([[], 0]);
    const image = await builtIn(folder);
    const { config } = await image.config();
    expect(config).toMatchObject({
      Entrypoint: ['dumb-init', '--'],
      Cmd: ['python3', 'server.py'],
      User: '10001:10001',
      WorkingDir: '/app',
    });
    expect(config?.Env).toContain('SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt');
    expect((await flatten(await image.layers())).resolve('usr/local/bin/dumb-init')).toBeDefined();
  });

  test('keeps its folders where they are: what goes into one that is a link lies behind it', async () => {
    const linked = await debian({ store, suite: 'trixie', python: '3.13', architecture: 'amd64', of: 'linked' }, {}, (interpreter) => [
      ...interpreter,
      link('srv', 'var/srv'),
      link('app', '/srv/app'),
      { type: 'directory', path: 'var/srv/app', mode: 0o755, uid: 0, gid: 0 },
    ]);
    await push([linked], 'linked:1');
    const folder = service('python-stdlib-http', 'pid1: server\nwritable: [/var/run/board, /tmp/board]\n');
    for (const base of [[], ['--base', `${registry.host}/linked:1`]]) {
      const end = await plimsoll(['build', folder, ...base, '--no-bytecode']);
      expect([end.code, end.stderr.includes('error') ? end.stderr : '']).toEqual([0, '']);
      const { entries, resolve } = await flatten(await (await builtIn(folder)).layers());
      const [root, own] = base.length === 0 ? ['app', 'run/board'] : ['var/srv/app', 'run/board'];
      expect([resolve('app'), resolve('var/run/board')]).toEqual([root, own]);
      expect(entries.get('var/run')?.record.type).toBe('symlink');
      expect(entries.get('run/board')?.record).toMatchObject({ uid: 10001, gid: 10001 });
      expect(entries.get('tmp')?.record).toMatchObject({ mode: 0o1777 });
    }
  });

  test.skipIf(!isRoot)('runs build steps over that base, and what they write keeps its variables', async () => {
    const folder = copyOf(join(fixtures, 'python-build-step/service'), join(place.folder, 'steps'));
    const end = await plimsoll(['build', folder, '--base', reference()]);
    expect([end.code, end.stderr.includes('error') ? end.stderr : '']).toEqual([0, '']);
    const { config, history } = await (await builtIn(folder)).config();
    expect(history?.at(-1)?.created_by).toMatch(/^plimsoll: (?!application)/);
    expect(config?.Env?.slice(0, 4)).toEqual(OFFICIAL.Env);
  });

  test('for several platforms: each on its own, byte code by this machine’s', async () => {
    const folder = service('python-flask-gunicorn');
    const end = await plimsoll(['build', folder, '--base', reference(), '--platform', 'linux/amd64,linux/arm64', '--json']);
    expect([end.code, end.stderr.includes('error') ? end.stderr : '']).toEqual([0, '']);
    expect(lockOf(folder).bases?.map(({ platform, digest }) => [platform, digest])).toEqual([
      ['linux/amd64', await official['amd64']!.digest()],
      ['linux/arm64', await official['arm64']!.digest()],
    ]);
    expect((await plimsoll(['pin', folder, '--base', reference(), '--check'])).code, '`pin` would lock the same').toBe(0);
    for (const platform of [amd64, arm64]) {
      const tree = await flatten(await (await builtIn(folder, platform)).layers());
      const site = 'usr/local/lib/python3.13/site-packages';
      expect(tree.resolve(`${site}/flask/__pycache__/app.cpython-313.pyc`)).toBeDefined();
      const machine = platform === amd64 ? 'x86_64' : 'aarch64';
      expect(tree.resolve(`${site}/markupsafe/_speedups.cpython-313-${machine}-linux-gnu.so`)).toBeDefined();
    }
  });

  test('that is for one platform is pinned for that one, without a flag; who asks for another is refused', async () => {
    await push([official['amd64']!], 'single:1');
    const folder = service('python-stdlib-http', `pid1: server\nbase: "${registry.host}/single:1"\n`);
    const pin = await plimsoll(['pin', folder]);
    expect([pin.code, pin.stderr]).toEqual([
      0,
      expect.stringMatching(/note: .*single:1 is an image for linux\/amd64, not for linux\/arm64: that platform is not pinned\n/),
    ]);
    expect(lockOf(folder).bases?.map(({ platform }) => platform)).toEqual(['linux/amd64']);
    expect((await plimsoll(['pin', folder, '--check'])).code).toBe(0);
    const asked = await plimsoll(['pin', folder, '--platform', 'linux/arm64']);
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringMatching(/not for linux\/arm64\nhint: /)]);
    writeFileSync(join(folder, 'plimsoll.yaml'), `base: "${registry.host}/none:1"\n`);
    await push([await imageOf([[]], OFFICIAL, store, 's390x')], 'none:1');
    expect(await plimsoll(['pin', folder])).toMatchObject({ code: 2 });
  });

  test('is the same while plimsoll.lock is, wherever the tag has gone; --locked wants it there', async () => {
    const folder = service('python-stdlib-http', 'pid1: server\n');
    const named = `${registry.host}/moving:1`;
    const build = (...more: string[]): Promise<End> => plimsoll(['build', folder, '--base', named, ...more]);
    await push([official['amd64']!], 'moving:1');
    const early = await build('--locked');
    expect([early.code, early.stderr]).toEqual([
      2,
      expect.stringMatching(/plimsoll\.lock does not hold .*moving:1 for linux\/amd64\nhint: /),
    ]);
    expect((await build()).code).toBe(0);
    const first = await (await builtIn(folder)).digest();

    await push([await imageOf([[]], OFFICIAL, store)], 'moving:1');
    expect((await build('--locked')).code).toBe(0);
    expect(await (await builtIn(folder)).digest()).toBe(first);

    const pin = await plimsoll(['pin', folder, '--base', named, '--platform', 'linux/amd64', '--update', '--json']);
    expect([pin.code, pin.stderr]).toEqual([2, expect.stringContaining('no Python was found')]);
    writeFileSync(join(folder, 'plimsoll.lock'), '{"version":1}');
    const without = await build();
    expect([without.code, without.stderr]).toEqual([
      2,
      expect.stringMatching(/no Python was found in .*moving:1\nhint: .*python:3\.13-slim/),
    ]);
  });

  test('that plimsoll.lock and the store hold needs no registry', async () => {
    const other = await startRegistry(join(place.folder, 'registry-that-ends'));
    const folder = service('python-stdlib-http', `pid1: server\nbase: "${other.host}/base:1"\n`);
    try {
      await pushImages([official['amd64']!], parseRegistryName(`${other.host}/base:1`), { store });
      expect((await plimsoll(['build', folder])).code).toBe(0);
    } finally {
      await other.stop();
    }
    expect((await plimsoll(['build', folder, '--locked'])).code).toBe(0);
    rmSync(join(folder, 'plimsoll.lock'));
    const end = await plimsoll(['build', folder]);
    expect([end.code, end.stderr]).toEqual([3, expect.stringMatching(/cannot be reached[^]*\nhint/)]);
  });

  test.skipIf(!has('skopeo'))('in Docker’s own format keeps its layers’ bytes', async () => {
    const [from, to] = [reference(), `${registry.host}/docker/python:1`];
    skopeo('copy', '--src-tls-verify=false', '--dest-tls-verify=false', '--format=v2s2', `docker://${from}`, `docker://${to}`);
    const folder = service('python-stdlib-http', 'pid1: server\n');
    expect((await plimsoll(['build', folder, '--base', to])).code).toBe(0);
    const { layers } = await (await builtIn(folder)).parsedManifest();
    expect(layers.slice(0, 2)).toEqual((await official['amd64']!.parsedManifest()).layers);
    expect((await plimsoll(['validate', `oci:${join(folder, '.plimsoll/image')}`])).code).toBe(0);
  });

  test.skipIf(!has('skopeo'))('in zstd keeps its layers’ bytes, and its Python is found in them', async () => {
    // Another one: where skopeo knows a blob to be as gzip, it takes that.
    const other = await startRegistry(join(place.folder, 'registry-zstd'));
    try {
      const [plain, to] = [`dir:${join(place.folder, 'plain')}`, `${other.host}/zstd/python:1`];
      skopeo('copy', '--src-tls-verify=false', '--dest-decompress', `docker://${reference()}`, plain);
      const zstd = ['--format=oci', '--dest-compress', '--dest-compress-format=zstd'];
      skopeo('copy', '--dest-tls-verify=false', ...zstd, plain, `docker://${to}`);
      const folder = service('python-stdlib-http', 'pid1: server\n');
      const end = await plimsoll(['build', folder, '--base', to]);
      expect([end.code, end.stderr.includes('error') ? end.stderr : '']).toEqual([0, '']);
      const { layers } = await (await builtIn(folder)).parsedManifest();
      expect(layers[0]?.mediaType).toMatch(/\+zstd$/);
      expect(layers.at(-1)?.mediaType).toMatch(/\+gzip$/);
      expect((await plimsoll(['validate', `oci:${join(folder, '.plimsoll/image')}`])).code).toBe(0);
    } finally {
      await other.stop();
    }
  });

  test('by musl gets wheels for musl; byte code by an interpreter that does not run here is refused, and not made by another', async () => {
    const loader = '/lib/ld-musl-x86_64.so.1';
    const alpine = [
      program('usr/bin/python3', elfProgram(loader)),
      program(loader.slice(1), Buffer.from('musl libc (x86_64)\nVersion %s\n\u00001.2.5\u0000')),
      file('usr/lib/python3.12/os.py', ''),
      file('usr/lib/python3.12/site.py', 'site-packages'),
      file('lib/apk/db/installed', 'P:python3\nV:3.12.11-r0\n\n'),
    ];
    await push([await imageOf([alpine], {}, store)], 'alpine:1');
    const folder = service('python-flask-gunicorn', `base: "${registry.host}/alpine:1"\n`);
    const refused = await plimsoll(['build', folder]);
    expect([refused.code, refused.stderr]).toEqual([
      3,
      expect.stringMatching(
        /Python 3\.12\.11 does not run on this machine, and only it may make byte code[^]*\nhint: pass `--no-bytecode`/,
      ),
    ]);
    const end = await plimsoll(['build', folder, '--no-bytecode']);
    expect([end.code, end.stderr.includes('error') ? end.stderr : '']).toEqual([0, '']);
    const tree = await flatten(await (await builtIn(folder)).layers());
    const wheel = Buffer.from(await tree.read(tree.resolve('usr/lib/python3.12/site-packages/markupsafe-3.0.4.dist-info/WHEEL') ?? ''));
    expect(wheel.toString()).toMatch(/^Tag: cp312-cp312-musllinux_1_2_x86_64$/m);
  });

  test.each([
    ['an image for another platform alone', 'only-arm64', [], /only-arm64:1 is an image for linux\/arm64, not for linux\/amd64\nhint: /],
    ['a base without Python', 'bare', [], /no Python was found in .*bare:1\nhint: /],
    ['a C library that nobody knows', 'uclibc', [], /the C library of its Python 3\.12 is not known[^]*\nhint: /],
    [
      'Python that plimsoll.yaml does not want',
      'official',
      ['python: "3.12"'],
      /has Python 3\.13\.5, but plimsoll\.yaml asks for Python 3\.12\nhint: /,
    ],
    [
      'a Debian package beside it',
      'official',
      ['packages: [libpq5]'],
      /`libpq5` cannot be installed on .*official:1[^]*\nhint: .*leave it out of `packages`/,
    ],
  ])('%s is refused with a way out', async (_, name, config, says) => {
    const images: Readonly<Record<string, () => Promise<Image>>> = {
      official: async () => official['amd64']!,
      'only-arm64': async () => official['arm64']!,
      bare: () => imageOf([[]], {}, store),
      uclibc: () =>
        imageOf([[program('usr/bin/python3', elfProgram('/lib/ld-uClibc.so.1')), file('usr/lib/python3.12/os.py', '')]], {}, store),
    };
    await push([await images[name]!()], `${name}:1`);
    const folder = service('python-stdlib-http', ['pid1: server', ...config, ''].join('\n'));
    const end = await plimsoll(['build', folder, '--base', `${registry.host}/${name}:1`]);
    expect([end.code, end.stderr]).toEqual([2, expect.stringMatching(says)]);
  });

  test('whose Python requires-python rules out is refused at the line that says so', async () => {
    const folder = service('python-stdlib-http');
    writeFileSync(join(folder, 'pyproject.toml'), '[project]\nname = "x"\nversion = "1"\nrequires-python = "<3.13"\n');
    const end = await plimsoll(['build', folder, '--base', reference()]);
    expect([end.code, end.stderr]).toEqual([
      2,
      expect.stringMatching(/pyproject\.toml:4:\d+: requires-python "<3\.13" rules out Python 3\.13\.5/),
    ]);
  });

  test.skipIf(!isRoot)('is what a machine without Debian’s package sources builds, and the decision says why', async () => {
    const folder = service('python-stdlib-http', 'pid1: server\n');
    mkdirSync(join(place.folder, 'no-apt'), { recursive: true });
    const wrap = ['unshare', '--mount', 'sh', '-c', 'mount --bind "$0" /etc/apt && exec "$@"', join(place.folder, 'no-apt')];
    const env = { PLIMSOLL_REGISTRY_MIRRORS: `docker.io=http://${registry.host}`, PLIMSOLL_DEBIAN_MIRROR: undefined };
    const planned = await plimsoll(['plan', folder, '--json'], { env, wrap });
    const { decisions } = jsonDocuments.plan.parse(JSON.parse(planned.stdout));
    expect(decisions.find(({ id }) => id === 'base')).toMatchObject({
      choice: 'python:3.13-slim-trixie',
      decidedBy: 'detected',
      because: [{ from: 'run', what: '/etc/apt', text: expect.stringContaining('names no Debian mirror') }],
    });
    const end = await plimsoll(['build', folder], { env, wrap });
    expect([end.code, end.stderr.includes('error') ? end.stderr : '']).toEqual([0, '']);
    const annotations = (await (await builtIn(folder)).parsedManifest()).annotations;
    expect(annotations?.['org.opencontainers.image.base.name']).toBe('docker.io/library/python:3.13-slim-trixie');
  });
});
