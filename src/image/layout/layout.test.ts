import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EnvironmentError, UserError } from '../../base/index.ts';
import { openStore, sha256, type Store } from '../../base/node.ts';
import {
  flatten,
  imageFromLayers,
  openImage,
  parseImageRef,
  validate,
  writeDockerArchive,
  writeLayer,
  writeLayout,
  writeOciArchive,
  type Image,
  type LayerEntry,
} from '../index.ts';
import { sweepUnfinished } from './atomic.ts';

const has = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;
const skopeo = has('skopeo');
const podman = has('podman');

let folder: string;
let store: Store;
let image: Image;
let arm: Image;
let out: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-layout-'));
  store = await openStore(join(folder, 'store'));
  image = await make('amd64', 'first');
  arm = await make('arm64', 'arm');
});
beforeEach(() => {
  out = mkdtempSync(join(folder, 'out-'));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const own = { mode: 0o644, uid: 0, gid: 0 };
const deep = `app/${'d'.repeat(120)}/${'e'.repeat(120)}/f`;

async function make(architecture: string, text: string): Promise<Image> {
  const file = (path: string, content: string, over = {}): LayerEntry => ({
    ...own,
    type: 'file',
    path,
    content: Buffer.from(content),
    ...over,
  });
  const base = await writeLayer(
    [
      file('usr/bin/tool', 'tool', { mode: 0o755 }),
      { ...own, type: 'hardlink', path: 'usr/bin/twin', target: 'usr/bin/tool' },
      { ...own, type: 'directory', path: 'tmp', mode: 0o1777 },
    ],
    { mtimeSeconds: 0, createdBy: 'base' },
    store,
  );
  const app = await writeLayer(
    [
      file('app/main.py', text, { uid: 10_001, gid: 10_001 }),
      file(deep, 'deep'),
      { type: 'symlink', path: 'bin', target: 'usr/bin', mode: 0o777, uid: 0, gid: 0 },
    ],
    { mtimeSeconds: 0, createdBy: 'application' },
    store,
  );
  const config = {
    User: '10001:10001',
    Env: ['PATH=/usr/bin', 'A=b=c'],
    Entrypoint: ['/usr/bin/tool'],
    Cmd: ['serve'],
    WorkingDir: '/app',
    ExposedPorts: { '8000/tcp': {} },
    Labels: { 'org.opencontainers.image.title': 'weather' },
    StopSignal: 'SIGTERM',
    Healthcheck: { Test: ['CMD', '/usr/bin/tool', 'check'], Interval: 30_000_000_000, Retries: 3 },
  };
  return imageFromLayers(
    { created: '1970-01-01T00:00:00Z', architecture, os: 'linux', config, annotations: { 'org.opencontainers.image.title': 'weather' } },
    [base, app],
    store,
  );
}

const asRoot = process.getuid?.() === 0 ? [] : ['unshare', '--map-root-user'];
const run = (...[file = '', ...args]: readonly string[]): string =>
  execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const blobs = (at = out): string[] => readdirSync(join(at, 'blobs/sha256')).toSorted();
const pathsOf = async (of: Image): Promise<string[]> => [...(await flatten(await of.layers())).entries.keys()];

describe('an OCI layout', () => {
  test('is read back as the image that was written, and is valid', async () => {
    await writeLayout(out, [image], 'weather');
    const read = await openImage(`oci:${out}:weather`);
    expect(await read.digest()).toBe(await image.digest());
    expect(await read.config()).toEqual(await image.config());
    expect((await read.layers()).map((layer) => layer.createdBy)).toEqual(['base', 'application']);
    expect(await pathsOf(read)).toEqual(await pathsOf(image));
    expect(await validate(`oci:${out}`)).toEqual([]);
    expect(readdirSync(out).toSorted()).toEqual(['blobs', 'index.json', 'oci-layout']);
  });

  test('is the same bytes whoever writes it, and writing again leaves blobs as they lie', async () => {
    const [one, two] = [join(out, 'one'), join(out, 'two')];
    await writeLayout(one, [image], 'weather');
    const blob = join(one, 'blobs/sha256', blobs(one)[0]!);
    const before = statSync(blob);
    await writeLayout(one, [image], 'weather');
    await writeLayout(two, [image], 'weather');
    expect(statSync(blob).ino).toBe(before.ino);
    expect(run('diff', '-r', one, two)).toBe('');
  });

  test('a new image under the same tag takes the place of the old one and its blobs; other tags stay', async () => {
    const next = await make('amd64', 'second');
    await writeLayout(out, [image], 'weather');
    await writeLayout(out, [image], 'kept');
    const before = blobs();
    await writeLayout(out, [next], 'weather');
    expect(await (await openImage(`oci:${out}:weather`)).digest()).toBe(await next.digest());
    expect(await (await openImage(`oci:${out}:kept`)).digest()).toBe(await image.digest());
    await writeLayout(out, [image], 'weather');
    expect(blobs()).toEqual(before);
    expect(await validate(out)).toEqual([]);
  });

  test('ten writers at once leave a valid layout', async () => {
    await Promise.all(Array.from({ length: 10 }, (_, i) => writeLayout(out, [i % 2 ? image : arm], `tag-${i % 4}`)));
    expect(await validate(out)).toEqual([]);
    expect(readdirSync(out).toSorted()).toEqual(['blobs', 'index.json', 'oci-layout']);
  });

  test('several platforms share one tag, each to be had', async () => {
    await writeLayout(out, [image, arm], 'weather');
    expect(await validate(out)).toEqual([]);
    for (const wanted of [image, arm]) {
      const { architecture } = await wanted.config();
      expect(await (await openImage(`oci:${out}:weather`, { os: 'linux', architecture })).digest()).toBe(await wanted.digest());
    }
    await expect(openImage(out, { os: 'linux', architecture: 's390x' })).rejects.toThrow('has no image for linux/s390x');
  });

  test('what a killed writer left is swept, what a living one writes is not', async () => {
    writeFileSync(join(out, '.plimsoll-999999999.1-00000000'), 'half');
    writeFileSync(join(out, '.plimsoll-other'), 'not ours');
    await sweepUnfinished(out);
    expect(readdirSync(out)).toEqual(['.plimsoll-other']);
  });

  test('a broken index.json is not written over: it may name images', async () => {
    writeFileSync(join(out, 'index.json'), '{"manifests":');
    await expect(writeLayout(out, [image])).rejects.toThrow('index.json breaks the OCI image specification: is no JSON');
  });

  test('a place that cannot be written is said', async () => {
    writeFileSync(join(out, 'file'), '');
    await expect(writeLayout(join(out, 'file', 'layout'), [image])).rejects.toThrow(EnvironmentError);
    await expect(writeOciArchive(join(out, 'file', 'a.tar'), [image])).rejects.toThrow(/cannot be written \(E[A-Z]+\)/);
  });

  test.skipIf(!skopeo)('skopeo reads name, platform, layers, environment and labels', async () => {
    await writeLayout(out, [image], 'weather');
    const seen = JSON.parse(run('skopeo', 'inspect', `oci:${out}:weather`)) as Record<string, unknown>;
    const layers = (await image.layers()).map((layer) => layer.descriptor.digest);
    expect(seen).toMatchObject({
      Digest: await image.digest(),
      Architecture: 'amd64',
      Os: 'linux',
      Layers: layers,
      Env: ['PATH=/usr/bin', 'A=b=c'],
      Labels: { 'org.opencontainers.image.title': 'weather' },
    });
    const config = JSON.parse(run('skopeo', 'inspect', '--config', `oci:${out}:weather`)) as { history: { created_by: string }[] };
    expect(config.history.map((step) => step.created_by)).toEqual(['base', 'application']);
  });
});

describe('archives', () => {
  test('an OCI archive is the layout in one file, the same bytes each time', async () => {
    const [one, two] = [join(out, 'one.tar'), join(out, 'new/folder/two.tar')];
    await writeOciArchive(one, [image, arm], 'weather');
    await writeOciArchive(two, [image, arm], 'weather');
    expect(sha256(readFileSync(one))).toBe(sha256(readFileSync(two)));
    await writeLayout(join(out, 'layout'), [image, arm], 'weather');
    mkdirSync(join(out, 'unpacked'));
    run('tar', '-xf', one, '-C', join(out, 'unpacked'));
    expect(run('diff', '-r', join(out, 'layout'), join(out, 'unpacked'))).toBe('');
    for (const ref of [`oci-archive:${one}:weather`, one])
      expect(await (await openImage(ref, { os: 'linux', architecture: 'arm64' })).digest()).toBe(await arm.digest());
    expect(await validate(one)).toEqual([]);
  });

  test('a Docker archive holds the same config and the same files', async () => {
    const [one, two] = [join(out, 'one.tar'), join(out, 'two.tar')];
    await writeDockerArchive(one, image, 'weather:1');
    await writeDockerArchive(two, image, 'weather:1');
    expect(sha256(readFileSync(one))).toBe(sha256(readFileSync(two)));
    for (const ref of [`docker-archive:${one}`, `docker-archive:${one}:weather:1`, one]) {
      const read = await openImage(ref);
      expect(await read.config()).toEqual(await image.config());
      expect(await pathsOf(read)).toEqual(await pathsOf(image));
    }
    expect(await validate(one)).toEqual([]);
    expect(readdirSync(out).toSorted()).toEqual(['one.tar', 'two.tar']);
  });

  test.skipIf(!skopeo)('skopeo copies between all of them, and what it writes is read and valid', async () => {
    await writeLayout(join(out, 'layout'), [image], 'weather');
    await writeOciArchive(join(out, 'oci.tar'), [image], 'weather');
    await writeDockerArchive(join(out, 'docker.tar'), image, 'weather:1');
    const sources = [`oci:${out}/layout:weather`, `oci-archive:${out}/oci.tar:weather`, `docker-archive:${out}/docker.tar`];
    for (const [i, source] of sources.entries())
      for (const [j, target] of [
        `oci:${out}/copy-${i}`,
        `oci-archive:${out}/copy-${i}.oci.tar`,
        `docker-archive:${out}/copy-${i}.docker.tar:weather:2`,
      ].entries()) {
        // It gives what it unpacks to the archive's owner, root: an ordinary user must be root of a namespace.
        run(...asRoot, 'skopeo', 'copy', '--insecure-policy', source, j === 2 ? target : `${target}:copy`);
        const read = await openImage(j === 2 ? target : `${target}:copy`);
        expect(await pathsOf(read)).toEqual(await pathsOf(image));
        expect((await read.config()).rootfs).toEqual((await image.config()).rootfs);
        expect(await validate(target)).toEqual([]);
      }
    expect(await (await openImage(`oci:${out}/copy-0:copy`)).digest()).toBe(await image.digest());
  });

  test.skipIf(!podman)('podman loads what is written, and its files are ours: names, owners, modes, contents', async () => {
    const file = join(out, 'docker.tar');
    const name = `plimsoll-test-${process.pid}`;
    await writeDockerArchive(file, image, `${name}:1`);
    const storage = ['--root', join(out, 'root'), '--runroot', join(out, 'run'), '--storage-driver', 'vfs'];
    // An ordinary user's podman leaves a process that holds its namespace: it gets a place of its own, and is ended there.
    const podman = ['env', `XDG_RUNTIME_DIR=${join(out, 'user')}`, 'podman', ...storage];
    mkdirSync(join(out, 'user'), { mode: 0o700 });
    const pod = (...args: string[]): string => run(...podman, ...args);
    try {
      pod('load', '-i', file);
      expect(JSON.parse(pod('image', 'inspect', `${name}:1`))).toMatchObject([
        {
          Config: { User: '10001:10001', Entrypoint: ['/usr/bin/tool'], StopSignal: 'SIGTERM' },
          Healthcheck: { Test: ['CMD', '/usr/bin/tool', 'check'], Retries: 3 },
        },
      ]);
      pod('create', '--name', name, `${name}:1`);
      pod('export', '-o', join(out, 'flat.tar'), name);
      const tree = await flatten(await image.layers());
      const ours = [...tree.entries.values()].map(
        ({ record }) =>
          `${record.mode.toString(8)} ${record.uid}/${record.gid} ${record.type === 'hardlink' ? 'file' : record.type} ${record.path}`,
      );
      const exported = await flatten([
        {
          tar: async function* () {
            yield readFileSync(join(out, 'flat.tar'));
          },
        },
      ]);
      const theirs = [...exported.entries.values()].filter(({ record }) => tree.entries.has(record.path));
      expect(
        theirs.map(
          ({ record }) =>
            `${record.mode.toString(8)} ${record.uid}/${record.gid} ${record.type === 'hardlink' ? 'file' : record.type} ${record.path}`,
        ),
      ).toEqual(ours);
      for (const path of ['app/main.py', 'bin/twin', deep])
        expect(Buffer.from(await exported.read(path)).toString()).toBe(Buffer.from(await tree.read(path)).toString());
    } finally {
      for (const words of [
        ['rm', '-f', name],
        ['rmi', '-f', `${name}:1`],
        ['system', 'migrate'],
      ])
        spawnSync('env', [...podman.slice(1), ...words]);
    }
  });

  test('a Docker archive with gzipped layers, as some tools leave them, is read', async () => {
    const [layer] = await image.layers();
    const config = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [layer!.diffId] } };
    writeFileSync(join(out, 'config.json'), JSON.stringify(config));
    writeFileSync(join(out, 'layer.tar'), await store.read(layer!.descriptor.digest));
    writeFileSync(
      join(out, 'manifest.json'),
      JSON.stringify([{ Config: 'config.json', RepoTags: null, Layers: ['./layer.tar'.slice(2)] }]),
    );
    run('tar', '-cf', join(out, 'saved.tar'), '-C', out, './config.json', './layer.tar', './manifest.json');
    expect(await pathsOf(await openImage(join(out, 'saved.tar')))).toContain('usr/bin/tool');
    run('gzip', join(out, 'saved.tar'));
    await expect(openImage(join(out, 'saved.tar.gz'))).rejects.toThrow('is compressed as a whole');
  });
});

describe('references', () => {
  test('are read as skopeo reads them', () => {
    expect(
      [
        'oci:/a/b',
        'oci:/a/b:weather:1',
        'oci-archive:a.tar:x',
        'docker-archive:a.tar:weather:1',
        'docker:weather',
        'podman:weather',
        'docker://reg/weather:1',
        './dir',
        'weather:1',
      ].map(parseImageRef),
    ).toEqual([
      { kind: 'oci', path: '/a/b' },
      { kind: 'oci', path: '/a/b', tag: 'weather:1' },
      { kind: 'oci-archive', path: 'a.tar', tag: 'x' },
      { kind: 'docker-archive', path: 'a.tar', tag: 'weather:1' },
      { kind: 'docker', name: 'weather' },
      { kind: 'podman', name: 'weather' },
      { kind: 'registry', name: 'reg/weather:1' },
      { kind: 'bare', path: './dir' },
      { kind: 'bare', path: 'weather:1' },
    ]);
  });

  test('that lead to no image say what does work', async () => {
    await writeLayout(join(out, 'layout'), [image], 'one');
    await writeLayout(join(out, 'layout'), [arm], 'two');
    writeFileSync(join(out, 'text'), 'no tar at all\n'.repeat(100));
    mkdirSync(join(out, 'empty'));
    const message = async (ref: string): Promise<string> => {
      const error: unknown = await openImage(ref).catch((thrown: unknown) => thrown);
      expect(error instanceof UserError || error instanceof EnvironmentError, ref).toBe(true);
      return `${(error as UserError).message} | ${(error as UserError).hint}`;
    };
    expect(await message('docker:weather')).toContain('`docker save -o FILE weather`, then `docker-archive:FILE`');
    expect(await message('docker://reg/weather')).toContain('skopeo copy docker://reg/weather oci:DIR');
    expect(await message(join(out, 'none'))).toContain('(ENOENT)');
    expect(await message(join(out, 'empty'))).toContain('without an OCI layout');
    expect(await message(join(out, 'text'))).toContain('broken tar at byte 0');
    expect(await message(`oci:${out}/text`)).toContain('say `oci-archive:');
    expect(await message(`${out}/layout`)).toContain('several images: one, two');
    expect(await message(`oci:${out}/layout:three`)).toContain('it has: one, two');
  });
});

test('a layer that is not in the store any more is an error that says so', async () => {
  const lonely = await openStore(join(out, 'other'));
  const layers = [
    { descriptor: (await image.layers())[0]!.descriptor, diffId: (await image.layers())[0]!.diffId, uncompressedSize: 1, createdBy: 'x' },
  ];
  await expect(writeLayout(join(out, 'layout'), [imageFromLayers({ architecture: 'amd64', os: 'linux' }, layers, lonely)])).rejects.toThrow(
    'is not in the store',
  );
  expect(existsSync(join(out, 'layout', 'index.json'))).toBe(false);
  expect(blobs(join(out, 'layout'))).toEqual([]);
  await lonely.close();
});
