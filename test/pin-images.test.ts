import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type Store } from '../src/base/node.ts';
import { parseRegistryName, pushImages } from '../src/image/index.ts';
import { LOGIN, makeImage, skopeo, startRegistry, type TestRegistry } from '../src/image/registry/registry.testing.ts';
import { jsonDocuments } from '../src/report/json/index.ts';
import { has, plimsoll, run, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);
const env = { HOME: place.folder };

describe.skipIf(!has('docker-registry') || !has('skopeo'))('`pin` of files', () => {
  let registry: TestRegistry;
  let store: Store;
  let folder: string;
  beforeAll(async () => {
    registry = await startRegistry(join(place.folder, 'registry'));
    store = await openStore(join(place.folder, 'store'));
    await push('python:3.12', 'one');
    await push('redis:7', 'redis');
  });
  afterAll(async () => {
    await registry.stop();
    await store.close();
  });
  let count = 0;
  beforeEach(() => {
    folder = join(place.folder, `files-${(count += 1)}`);
    mkdirSync(join(folder, 'k8s'), { recursive: true });
  });

  const push = async (name: string, text: string): Promise<void> => {
    const images = [await makeImage(store, { text }), await makeImage(store, { text, architecture: 'arm64' })];
    await pushImages(images, parseRegistryName(`${registry.host}/${name}`), { store });
  };
  /** skopeo's word for what a tag is: of the index, not of one platform. */
  const digestOf = (name: string): string =>
    skopeo('inspect', '--tls-verify=false', '--format', '{{.Digest}}', `docker://${registry.host}/${name}`).trim();
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text.replaceAll('HOST', registry.host));
    return join(folder, name);
  };
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8').replaceAll(registry.host, 'HOST');
  const pin = (...words: readonly string[]) => plimsoll(['pin', ...words], { env, cwd: folder });
  const json = async (...words: readonly string[]) => {
    const end = await pin(...words, '--json');
    return { ...end, printed: jsonDocuments.pin.parse(JSON.parse(end.stdout || 'null')) };
  };

  test('a folder’s files get the digests that skopeo sees, of the index; a second time there is nothing to do', async () => {
    const dockerfile = '# syntax=HOST/python:3.12\nFROM HOST/python:3.12 AS a # no comment\nCOPY --from=HOST/redis:7 /a /b\n'.replace(
      ' # no comment',
      '',
    );
    write('Dockerfile', dockerfile);
    write('compose.yaml', "services:\n  cache: {image: 'HOST/redis:7'} # kept\n");
    write('k8s/pod.yml', 'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: HOST/python:3.12\n      name: a\n');
    write('k8s/values.yaml', 'image: "{{ .Values.image }}" x\n');
    const end = await json();
    expect([end.code, end.printed.written, end.printed.file]).toEqual([0, true, undefined]);
    expect(end.stderr).toContain('note: k8s/values.yaml:1:');
    const [python, redis] = [digestOf('python:3.12'), digestOf('redis:7')];
    expect(python).not.toBe(redis);
    expect(read('Dockerfile')).toBe(dockerfile.replaceAll('python:3.12', `python:3.12@${python}`).replace('redis:7', `redis:7@${redis}`));
    expect(read('compose.yaml')).toBe(`services:\n  cache: {image: 'HOST/redis:7@${redis}'} # kept\n`);
    expect(read('k8s/pod.yml')).toContain(`    - image: HOST/python:3.12@${python}\n      name: a\n`);
    expect(
      end.printed.images.map((each) => [each.file, each.line, each.column, each.state, 'platforms' in each && each.platforms]),
    ).toEqual([
      ['Dockerfile', 1, 10, 'pinned', ['linux/amd64', 'linux/arm64']],
      ['Dockerfile', 2, 6, 'pinned', ['linux/amd64', 'linux/arm64']],
      ['Dockerfile', 3, 13, 'pinned', ['linux/amd64', 'linux/arm64']],
      ['compose.yaml', 2, 19, 'pinned', ['linux/amd64', 'linux/arm64']],
      ['k8s/pod.yml', 5, 14, 'pinned', ['linux/amd64', 'linux/arm64']],
    ]);
    const again = await pin();
    expect([again.code, again.stdout]).toEqual([0, 'images: nothing to do, 5 have their digest\n']);
    expect((await pin('--check')).code).toBe(0);
    // The name as it stands in the file leads skopeo to the same image.
    const [, named = ''] = /^FROM (\S+)/m.exec(readFileSync(join(folder, 'Dockerfile'), 'utf8')) ?? [];
    expect(digestOf(named.slice(registry.host.length + 1).replace(':3.12', ''))).toBe(python);
  });

  test('`--check` fails for what has no digest and for what its tag left behind; `--update` moves that, and says from what to what', async () => {
    await push('moving:1', 'before');
    const file = write('Dockerfile', 'FROM HOST/moving:1\n');
    const open = await pin(file, '--check');
    expect([open.code, open.stdout]).toEqual([
      1,
      expect.stringContaining(`Dockerfile:1:6: ${registry.host}/moving:1 has no digest; it is ${digestOf('moving:1')} now`),
    ]);
    expect(read('Dockerfile'), '`--check` writes nothing').toBe('FROM HOST/moving:1\n');
    expect((await pin(file)).code).toBe(0);
    const before = digestOf('moving:1');
    await push('moving:1', 'after');
    const after = digestOf('moving:1');
    expect(after).not.toBe(before);
    expect((await pin(file)).stdout, 'what has a digest is not asked for').toBe('images: nothing to do, 1 have their digest\n');
    const behind = await pin(file, '--check');
    expect([behind.code, behind.stdout]).toEqual([
      1,
      expect.stringContaining('images: 0 without a digest, 1 that their tag has left behind'),
    ]);
    const dry = await pin(file, '--update', '--dry-run');
    expect(dry.stdout).toContain(`-FROM ${registry.host}/moving:1@${before}\n+FROM ${registry.host}/moving:1@${after}\n`);
    expect(read('Dockerfile')).toContain(before);
    const moved = await json(file, '--update');
    expect(moved.printed.images).toEqual([
      {
        file,
        line: 1,
        column: 6,
        image: `${registry.host}/moving:1`,
        state: 'moved',
        before: { digest: before, created: '1970-01-01T00:00:00Z' },
        digest: after,
        created: '1970-01-01T00:00:00Z',
        platforms: ['linux/amd64', 'linux/arm64'],
      },
    ]);
    expect(read('Dockerfile')).toBe(`FROM HOST/moving:1@${after}\n`);
  });

  test('what cannot be kept, or is not there, is a note with its place, and fails `--check`; what others decide does not', async () => {
    const file = write('Dockerfile', 'ARG V=3.12\nARG GIVEN\nFROM HOST/python:$V\nFROM HOST/nosuch:1\nFROM $GIVEN\n');
    const end = await json(file);
    expect(end.code).toBe(0);
    expect(end.printed.images.map((each) => [each.line, each.state, 'floats' in each && each.floats])).toEqual([
      [3, 'left', true],
      [4, 'left', true],
      [5, 'left', false],
    ]);
    expect(end.stderr).toContain(`note: ${file}:3:6: \`${registry.host}/python:3.12\` has no digest: \`V\` is a part of its name`);
    expect(end.stderr).toContain('HTTP 404: MANIFEST_UNKNOWN');
    expect((await pin(file, '--check')).code).toBe(1);
    const given = write('Dockerfile.given', 'ARG GIVEN\nFROM $GIVEN\n');
    expect((await pin(given, '--check')).code).toBe(0);
  });

  test('an image that a compose file builds is asked of no registry, in whichever file it stands', async () => {
    write('compose.yaml', 'services:\n  a: {build: ., image: team/app:1}\n  b: {image: team/app:1}\n');
    write('k8s/pod.yml', 'apiVersion: v1\nkind: Pod\nspec: {containers: [{image: team/app:1}, {image: HOST/redis:7}]}\n');
    const end = await json();
    expect([end.code, end.stderr]).toEqual([0, expect.stringContaining('compose.yaml:3:14: `team/app:1` has no digest: it is built here')]);
    expect(read('k8s/pod.yml')).toContain(`[{image: team/app:1}, {image: HOST/redis:7@${digestOf('redis:7')}}]`);
    expect((await pin('--check')).code).toBe(0);
  });

  test('mirrors are asked, logins are used, and a registry that cannot be reached is exit 3 and changes nothing', async () => {
    const file = write('Dockerfile', 'FROM registry.example/python:3.12\nFROM HOST/redis:7\n');
    const before = read('Dockerfile');
    const away = await plimsoll(['pin', '127.0.0.1:1/x:1'], { env, cwd: folder });
    expect([away.code, away.stderr]).toEqual([2, expect.stringContaining('hint: name a folder, a Dockerfile')]);
    writeFileSync(join(folder, 'Dockerfile.away'), 'FROM 127.0.0.1:1/x:1\n');
    const offline = await pin('Dockerfile.away', file);
    expect([offline.code, offline.stderr]).toEqual([3, expect.stringContaining('cannot be reached')]);
    expect(read('Dockerfile')).toBe(before);
    const mirrored = await plimsoll(['pin', file], {
      env: { ...env, PLIMSOLL_REGISTRY_MIRRORS: `registry.example=http://${registry.host}` },
      cwd: folder,
    });
    expect([mirrored.code, read('Dockerfile')]).toEqual([
      0,
      before.replace('python:3.12', `python:3.12@${digestOf('python:3.12')}`).replace('redis:7', `redis:7@${digestOf('redis:7')}`),
    ]);

    const closed = await startRegistry(join(folder, 'closed'), { auth: true });
    try {
      const auth = join(folder, 'auth.json');
      writeFileSync(
        auth,
        JSON.stringify({ auths: { [closed.host]: { auth: Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString('base64') } } }),
      );
      const copy = ['copy', '--src-tls-verify=false', '--dest-tls-verify=false', '--dest-authfile', auth, '--all'];
      skopeo(...copy, `docker://${registry.host}/redis:7`, `docker://${closed.host}/redis:7`);
      writeFileSync(join(folder, 'Dockerfile.closed'), `FROM ${closed.host}/redis:7\n`);
      expect((await pin('Dockerfile.closed')).code).toBe(3);
      const login = await plimsoll(['pin', 'Dockerfile.closed'], { env: { ...env, REGISTRY_AUTH_FILE: auth }, cwd: folder });
      expect([login.code, readFileSync(join(folder, 'Dockerfile.closed'), 'utf8')]).toEqual([
        0,
        `FROM ${closed.host}/redis:7@${digestOf('redis:7')}\n`,
      ]);
    } finally {
      await closed.stop();
    }
  });

  test('files with nothing to do say so, and a folder without any is refused', async () => {
    const file = write('Dockerfile', 'FROM scratch\n');
    expect(await pin(file)).toMatchObject({ code: 0, stdout: 'nothing to pin: no image is named in these files\n' });
    expect((await pin(join(folder, 'k8s'))).code).toBe(2);
    write('compose.yaml', 'services: {a: {image: python: x}}\n');
    expect(await pin('compose.yaml')).toMatchObject({ code: 2, stderr: expect.stringContaining('error: compose.yaml:1:') });
    expect(run(folder, 'ls')).toBe('Dockerfile\ncompose.yaml\nk8s\n');
  });
});
