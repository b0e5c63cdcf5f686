import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { isAlive, storeRoot } from '../src/base/node.ts';
import { fixtureFiles } from '../src/base/fixtures.testing.ts';
import { flatten, openImage } from '../src/image/index.ts';
import { UV_VERSION } from '../src/plan/index.ts';
import { descendants } from '../src/run/embedded/driver-kit.testing.ts';
import { whyNoContainers } from '../src/run/kit.testing.ts';
import { readService } from '../src/service/index.ts';
import { bin, fixtures, has, isRoot, plimsoll, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);
const why = await whyNoContainers();

/** A repository of two services and what they share; docs lie beside. */
function repository(name: string): string {
  const folder = join(place.folder, name);
  cpSync(join(fixtures, 'python-monorepo'), folder, { recursive: true });
  return folder;
}

interface All {
  readonly services: readonly {
    readonly path: string;
    readonly exitCode: number;
    readonly verdict?: string;
    readonly error?: { readonly message: string };
  }[];
  readonly passedOver: readonly { readonly path: string; readonly why: string }[];
  readonly exitCode: number;
}

describe.skipIf(why !== undefined)('a repository of two services and a package that they share', () => {
  // As an ordinary user some checks may be unproven.
  test.skipIf(!isRoot)('is shipped whole; one that cannot be stops no other, and the exit code is the worst', async () => {
    const root = repository('all');
    mkdirSync(join(root, 'broken'));
    writeFileSync(join(root, 'broken/requirements.txt'), '-e ../nowhere\n');
    writeFileSync(join(root, 'broken/app.py'), 'if __name__ == "__main__":\n    serve_forever()\n');
    const end = await plimsoll(['ship', '--all', root, '--json']);
    const all = JSON.parse(end.stdout) as All;
    expect(all.services.map(({ path, exitCode, verdict }) => [path, exitCode, verdict])).toEqual([
      ['broken', 2, undefined],
      ['service', 0, 'fit'],
      ['worker', 0, 'fit'],
    ]);
    expect(all.services[0]?.error?.message).toContain('`../nowhere` is no package');
    expect(all.passedOver).toEqual([{ path: 'lib', why: 'a package of service, worker' }]);
    expect([end.code, all.exitCode]).toEqual([2, 2]);
  });

  test('has the same image after a change elsewhere, and another after one in what it needs', async () => {
    const root = repository('changes');
    const digest = async (): Promise<string> => {
      const end = await plimsoll(['build', join(root, 'service'), '--json']);
      if (end.code !== 0) throw new Error(end.stderr);
      return (JSON.parse(end.stdout) as { readonly image: { readonly digest: string } }).image.digest;
    };
    const first = await digest();
    writeFileSync(join(root, 'docs/running.md'), 'Otherwise.\n');
    writeFileSync(join(root, 'worker/app.py'), 'print("otherwise")\n');
    writeFileSync(join(root, 'lib/src/greetings/stale.pyc'), 'x');
    expect(await digest()).toBe(first);
    const tree = await flatten(await (await openImage(join(root, 'service/.plimsoll/image'))).layers());
    const own = [...tree.entries.keys()].filter((path) => path.startsWith('app/') || /dist-packages\/greetings/.test(path));
    expect(own.filter((path) => !path.includes('__pycache__')).toSorted()).toEqual(
      [
        'app/app.py',
        ...['', '/INSTALLER', '/METADATA', '/RECORD', '/WHEEL'].map(
          (name) => `usr/local/lib/python3.13/dist-packages/greetings-1.0.0.dist-info${name}`,
        ),
        'usr/local/lib/python3.13/dist-packages/greetings',
        'usr/local/lib/python3.13/dist-packages/greetings/__init__.py',
      ].toSorted(),
    );
    const lib = join(root, 'lib/src/greetings/__init__.py');
    writeFileSync(lib, readFileSync(lib, 'utf8').replace('hello', 'good day'));
    expect(await digest()).not.toBe(first);
  });

  test('installs what the extras need that it asks a package for', async () => {
    const root = repository('extras');
    const manifest = join(root, 'lib/pyproject.toml');
    writeFileSync(
      manifest,
      readFileSync(manifest, 'utf8').replace('[build-system]', '[project.optional-dependencies]\nshout = ["idna>=3"]\n\n[build-system]'),
    );
    writeFileSync(join(root, 'service/requirements.txt'), '-e ../lib[shout]\n');
    const end = await plimsoll(['build', join(root, 'service'), '--json']);
    expect([end.code, end.stderr.includes('error') ? end.stderr : '']).toEqual([0, '']);
    const tree = await flatten(await (await openImage(join(root, 'service/.plimsoll/image'))).layers());
    expect(tree.resolve('usr/local/lib/python3.13/dist-packages/idna/__init__.py')).toBeDefined();
  });

  test('leaves no process when Ctrl-C ends all of it', async () => {
    const child = spawn(process.execPath, [bin, 'ship', '--all', repository('interrupted'), '--json'], { stdio: 'ignore' });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    let over = false;
    void ended.then(() => (over = true));
    // Until a container runs.
    let running: readonly string[];
    while ((running = descendants(child.pid ?? 0)).length < 5 && !over) await sleep(20);
    expect(over).toBe(false);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    for (let i = 0; i < 100 && running.some(isAlive); i += 1) await sleep(100);
    expect(running.filter(isAlive)).toEqual([]);
  });
});

test('an option that would be the same for each service is refused', async () => {
  const end = await plimsoll(['ship', '--all', repository('shared'), '--tag', 'registry.example/team/app:1']);
  expect([end.code, end.stderr]).toEqual([2, expect.stringContaining('write `{name}`')]);
});

test.each([
  ['--output', 'oci:{out}/{name}'],
  ['--tag', 'registry.example/{name}:1'],
])('two services of one name are both named before anything is built, where %s is by the name', async (option, value) => {
  const root = repository(`clash${option}`);
  for (const service of ['service', 'worker']) appendFileSync(join(root, service, 'plimsoll.yaml'), 'name: shop\n');
  const out = join(place.folder, `out${option}`);
  const end = await plimsoll(['ship', '--all', root, option, value.replace('{out}', out)]);
  expect([end.code, end.stderr]).toEqual([
    2,
    expect.stringMatching(/`service` and `worker` are both called `shop`: [^]*\nhint: .*`name:`/),
  ]);
  expect([existsSync(out), existsSync(join(root, 'service/plimsoll.lock'))]).toEqual([false, false]);
});

const stored = join(storeRoot(), `folders/tools/uv-${UV_VERSION}-${process.platform}-${process.arch}/bin/uv`);
const uv = has('uv') ? 'uv' : existsSync(stored) ? stored : undefined;

test.skipIf(uv === undefined)('what a member of a workspace needs of the repository is what `uv export` names', async () => {
  const service = await readService(await fixtureFiles('python-workspace'), { folderName: 'service' });
  const words = ['export', '--package', 'api', '--no-dev', '--frozen', '--no-header', '--no-annotate', '--no-hashes', '--quiet'];
  const { stdout } = spawnSync(uv ?? '', words, { cwd: join(fixtures, 'python-workspace'), encoding: 'utf8' });
  const local = stdout.split('\n').flatMap((line) => (line.startsWith('-e ./') ? [`../${line.slice('-e ./'.length)}`] : []));
  expect(local).toEqual(['../libs/common']);
  expect(service.python.local?.map(({ value }) => value.folder)).toEqual(local);
});

test('at the root of a workspace the member is named, by a flag or in plimsoll.yaml', async () => {
  const root = join(place.folder, 'workspace');
  cpSync(join(fixtures, 'python-workspace'), root, { recursive: true });
  const unnamed = await plimsoll(['plan', root]);
  expect([unnamed.code, unnamed.stderr]).toEqual([2, expect.stringContaining('`--package api`')]);
  const wrong = await plimsoll(['plan', root, '--package', 'apu']);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('members: api, common, nightly, shop')]);
  const flag = await plimsoll(['plan', root, '--package', 'Api', '--json']);
  expect((JSON.parse(flag.stdout) as { readonly service: { readonly name: { readonly value: string } } }).service.name.value).toBe('api');
  writeFileSync(join(root, 'plimsoll.yaml'), 'package: api\n');
  expect((await plimsoll(['plan', root, '--json'])).stdout).toBe(flag.stdout);
});
