import { spawnSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore, sha256, type Store } from '../../base/node.ts';
import { openImage } from '../open.ts';
import { endOfTar } from '../tar/index.ts';
import { saveFromDocker } from './docker.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-held-'));
const archive = join(folder, 'image.tar');
const config = {
  architecture: 'amd64',
  os: 'linux',
  config: { Entrypoint: ['/app'], Healthcheck: { Test: ['CMD', '/check'] } },
  rootfs: { type: 'layers', diff_ids: [sha256(endOfTar())] },
};
let store: Store;

beforeAll(async () => {
  store = await openStore(join(folder, 'store'));
  const parts = join(folder, 'parts');
  mkdirSync(parts);
  writeFileSync(join(parts, 'layer.tar'), endOfTar());
  writeFileSync(join(parts, 'config.json'), JSON.stringify(config));
  const tagged = [{ Config: 'config.json', RepoTags: ['localhost/held:1'], Layers: ['layer.tar'] }];
  writeFileSync(join(parts, 'manifest.json'), JSON.stringify(tagged));
  spawnSync('tar', ['-cf', archive, '-C', parts, ...readdirSync(parts)]);
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('an image of Docker Engine’s', () => {
  const socket = join(folder, 'docker.sock');
  const env = { DOCKER_HOST: `unix://${socket}` };
  // As docs.docker.com/reference/api/engine has it. Docker Engine itself answers in src/run/docker.
  const engine = createServer(({ url }, answer) => {
    if (url === '/images/team/app%3A1/json') answer.end(JSON.stringify({ Id: 'sha256:1234' }));
    else if (url === '/images/sha256%3A1234/get') createReadStream(archive).pipe(answer);
    else answer.writeHead(404).end(JSON.stringify({ message: 'No such image' }));
  });
  beforeAll(() => new Promise<void>((resolve) => engine.listen(socket, resolve)));
  afterAll(() => new Promise((resolve) => engine.close(resolve)));

  test('is saved by its id through the API', async () => {
    const file = join(folder, 'from-docker.tar');
    await saveFromDocker('team/app:1', file, undefined, env);
    expect((await (await openImage(`docker-archive:${file}`)).config()).config).toEqual(config.config);
  });

  test('that Docker has not is an error with the way out', async () => {
    await expect(saveFromDocker('none', join(folder, 'none'), undefined, env)).rejects.toMatchObject({
      message: 'Docker has no image `none`',
      hint: expect.stringContaining('`docker://none`'),
    });
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  test('cannot be had where nothing listens, or where DOCKER_HOST means another protocol', async () => {
    const at = (host: string) => saveFromDocker('x', join(folder, 'x'), undefined, { DOCKER_HOST: host });
    await expect(at('unix:///nothing/here')).rejects.toThrow('Docker Engine does not answer at unix:///nothing/here (ENOENT)');
    await expect(at('tcp://127.0.0.1:1')).rejects.toThrow('(ECONNREFUSED)');
    await expect(at('ssh://somewhere')).rejects.toThrow('only unix:// and tcp:// are understood');
  });
});

const hasPodman = spawnSync('podman', ['--version']).status === 0;

describe.skipIf(!hasPodman)('an image of Podman’s', () => {
  const storage = join(folder, 'storage.conf');
  const before = process.env['CONTAINERS_STORAGE_CONF'];
  beforeAll(() => {
    writeFileSync(storage, `[storage]\ndriver = "vfs"\ngraphroot = "${folder}/graph"\nrunroot = "${folder}/run"\n`);
    process.env['CONTAINERS_STORAGE_CONF'] = storage;
    const end = spawnSync('podman', ['load', '--quiet', '--input', archive], { encoding: 'utf8' });
    expect(end.status, end.stderr).toBe(0);
  });
  afterAll(() => {
    spawnSync('podman', ['rmi', '--all']);
    if (before === undefined) delete process.env['CONTAINERS_STORAGE_CONF'];
    else process.env['CONTAINERS_STORAGE_CONF'] = before;
  });

  test('is read with its health check, from a file that is gone with the store', async () => {
    const own = await openStore(join(folder, 'another'));
    const image = await openImage('podman:held:1', undefined, { store: own });
    expect((await image.config()).config).toMatchObject(config.config);
    expect((await image.layers()).map((layer) => layer.diffId)).toEqual(config.rootfs.diff_ids);
    await own.close();
    expect(readdirSync(join(folder, 'another'), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.tar'))).toEqual([]);
  });

  test('that Podman has not is an error with the way out', async () => {
    await expect(openImage('podman:none:1', undefined, { store })).rejects.toMatchObject({
      message: 'Podman has no image `none:1`',
      hint: expect.stringContaining('`podman image ls`'),
    });
  });
});
