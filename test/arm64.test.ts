import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { ImageConfig, Manifest } from '../src/image/index.ts';
import { copyOf, fixtures, has, plimsoll, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);

const QEMU = '/usr/bin/qemu-aarch64-static';

/** A layout's tree as tar(1) unpacks it, and the image's config. */
function unpack(layout: string, tree: string): ImageConfig {
  const blob = (digest: string): string => join(layout, 'blobs', digest.replace(':', '/'));
  const read = (digest: string): unknown => JSON.parse(readFileSync(blob(digest), 'utf8'));
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as { manifests: { digest: string }[] };
  const manifest = read(index.manifests[0]?.digest ?? '') as Manifest;
  mkdirSync(tree);
  for (const layer of manifest.layers) {
    const end = spawnSync('tar', ['-xzf', blob(layer.digest), '-C', tree, '--no-same-owner'], { encoding: 'utf8' });
    expect(end.stderr).toBe('');
  }
  return read(manifest.config.digest) as ImageConfig;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answerOf(url: string, isOver: () => boolean): Promise<unknown> {
  for (;;) {
    const answer = await fetch(url).then(
      (response) => response.json() as Promise<unknown>,
      () => undefined,
    );
    if (answer !== undefined || isOver()) return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

test.skipIf(!has(QEMU) || !has('unshare'))('the tree for linux/arm64 starts under qemu-user and answers that it is healthy', async () => {
  // Emulation is slow: a small service, whose JSON is made by a compiled wheel.
  const folder = copyOf(join(fixtures, 'python-stdlib-http/service'), join(place.folder, 'arm'));
  const main = join(folder, 'main.py');
  writeFileSync(main, readFileSync(main, 'utf8').replace('import json\n', 'import ujson as json\n'));
  writeFileSync(join(folder, 'requirements.txt'), 'ujson==5.10.0\n');
  const built = await plimsoll(['build', folder, '--platform', 'linux/arm64', '--json']);
  expect(built.code, built.stderr).toBe(0);
  const tree = join(place.folder, 'tree');
  const { config, architecture } = unpack(join(folder, '.plimsoll/image'), tree);
  expect(architecture).toBe('arm64');

  // Its own root and emulator: nothing of this machine's Python can help it.
  copyFileSync(QEMU, join(tree, 'qemu'));
  const port = await freePort();
  const [program = '', ...words] = [...(config?.Entrypoint ?? []), ...(config?.Cmd ?? [])];
  const service = spawn(
    'unshare',
    ['--map-root-user', '--kill-child', '--root', tree, '--wd', config?.WorkingDir ?? '/', '/qemu', `/usr/bin/${program}`, ...words],
    { env: Object.fromEntries([...(config?.Env ?? []), `PORT=${port}`].map((pair) => pair.split(/=(.*)/s).slice(0, 2))), detached: true },
  );
  const giveUp = performance.now() + 240_000; // what hangs is ended below, before the test runner gives up
  let said = '';
  let ended = false;
  for (const stream of [service.stdout, service.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const end = new Promise((resolve) => service.once('close', resolve)).then(() => (ended = true));
  try {
    expect(await answerOf(`http://127.0.0.1:${port}/health`, () => ended || performance.now() > giveUp), said).toEqual({ status: 'ok' });
  } finally {
    if (service.pid !== undefined && !ended) process.kill(-service.pid, 'SIGKILL');
    await end;
  }
});
