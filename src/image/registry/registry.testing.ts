import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { hexOf, sha256, type Store } from '../../base/node.ts';
import { imageFromLayers, writeLayer, type BuiltLayer, type Image } from '../index.ts';

export const has = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;

export const LOGIN = { user: 'ada', password: 's3cr3t-pass' };
/** bcrypt of it, at the lowest cost: crypt(3). */
const HTPASSWD = `${LOGIN.user}:$2b$05$abcdefghijklmnopqrstuul9Lwd4lwSN2dSsfW0Na38Zav2NkC3wS\n`;

export interface TestRegistry {
  readonly host: string;
  /** What it wrote: one line for each request. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Debian's docker-registry on a free port of the loopback, its data in `folder`. `auth`: it wants `LOGIN`. `tls`: it speaks TLS. */
export async function startRegistry(
  folder: string,
  { auth = false, tls }: { readonly auth?: boolean; readonly tls?: { readonly certificate: string; readonly key: string } } = {},
): Promise<TestRegistry> {
  mkdirSync(folder, { recursive: true });
  const host = `127.0.0.1:${await freePort()}`;
  const [config, log, passwords] = ['config.json', 'log', 'htpasswd'].map((name) => join(folder, name)) as [string, string, string];
  writeFileSync(passwords, HTPASSWD);
  writeFileSync(
    config,
    JSON.stringify({
      version: '0.1',
      log: { level: 'info', accesslog: { disabled: false } },
      storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } },
      http: { addr: host, ...(tls ? { tls } : {}) },
      ...(auth ? { auth: { htpasswd: { realm: 'test', path: passwords } } } : {}),
    }),
  );
  const out = openSync(log, 'a');
  const child = spawn('docker-registry', ['serve', config], { stdio: ['ignore', out, out] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const killing = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(killing);
  };
  // A busy machine took 40 s to bring a daemon up.
  for (let i = 0; i < 600; i += 1) {
    if (child.exitCode !== null) break;
    if (
      await fetch(`http://${host}/v2/`).then(
        ({ status }) => [200, 401, 400].includes(status),
        () => false,
      )
    )
      return { host, log: () => readFileSync(log, 'utf8'), stop };
    await wait(100);
  }
  await stop();
  throw new Error(`docker-registry did not come up\n${readFileSync(log, 'utf8').slice(-2000)}`);
}

/** A registry that does what a test says. `requests`: `METHOD /path`, and what came with them. */
export interface Double {
  readonly host: string;
  readonly requests: { readonly line: string; readonly headers: IncomingMessage['headers'] }[];
  readonly stop: () => Promise<void>;
}

export async function startDouble(answer: (request: IncomingMessage, response: ServerResponse, line: string) => unknown): Promise<Double> {
  const requests: Double['requests'] = [];
  const server = createServer((request, response) => {
    const line = `${request.method} ${request.url}`;
    requests.push({ line, headers: request.headers });
    void answer(request, response, line);
  });
  const host = `127.0.0.1:${await listening(server)}`;
  return {
    host,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** skopeo without policy and without the logins of whoever runs this, which an ordinary user may not even look for. Throws what it said. */
export function skopeo(...args: readonly string[]): string {
  const end = spawnSync('skopeo', ['--insecure-policy', ...args], { encoding: 'utf8', env: { ...process.env, XDG_RUNTIME_DIR: tmpdir() } });
  if (end.status !== 0) throw new Error(`skopeo ${args.join(' ')}: ${end.error?.message ?? end.stderr}`);
  return end.stdout;
}

/** An image of two layers; the first, of 300 kB, does not shrink, so that it has a length worth breaking off in. */
export async function makeImage(store: Store, { architecture = 'amd64', text = 'one' } = {}): Promise<Image> {
  const noise = Buffer.concat(Array.from({ length: 9_500 }, (_, i) => Buffer.from(hexOf(sha256(`${i}`)), 'hex')));
  const layerOf = (path: string, content: Uint8Array): Promise<BuiltLayer> =>
    writeLayer([{ type: 'file', path, mode: 0o644, uid: 0, gid: 0, content }], { mtimeSeconds: 0, createdBy: path }, store);
  const layers = [await layerOf('base', noise), await layerOf('text', Buffer.from(text))];
  return imageFromLayers({ created: '1970-01-01T00:00:00Z', architecture, os: 'linux', config: { Cmd: ['/text'] } }, layers, store);
}
