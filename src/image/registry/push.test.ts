import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hexOf, openStore, sha256, type Store } from '../../base/node.ts';
import { validate, writeLayout, type Image } from '../index.ts';
import { parseRegistryName, type RegistryName } from './name.ts';
import { pullImage } from './pull.ts';
import { pushImages, type Pushed } from './push.ts';
import { has, LOGIN, makeImage, skopeo, startDouble, startRegistry, type Double, type TestRegistry } from './registry.testing.ts';

let folder: string;
let store: Store;
let image: Image;
let arm: Image;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-push-'));
  store = await openStore(join(folder, 'store'));
  image = await makeImage(store);
  arm = await makeImage(store, { architecture: 'arm64', text: 'arm' });
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});
const env = (): NodeJS.ProcessEnv => ({ HOME: folder });

describe.skipIf(!has('docker-registry') || !has('skopeo'))('a registry', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry(join(folder, 'registry'));
  });
  afterAll(() => registry.stop());
  const name = (text: string): RegistryName => parseRegistryName(`${registry.host}/${text}`);
  const push = (images: readonly Image[], to: string, own = store): Promise<Pushed> =>
    pushImages(images, name(to), { store: own, env: env() });
  const linesSince = (from: number, part: string): number =>
    registry
      .log()
      .slice(from)
      .split('\n')
      .filter((line) => line.includes(part)).length;

  test('gives skopeo, byte for byte, the image that was pushed', async () => {
    const { digest } = await push([image], 'a/app:1');
    expect(digest).toBe(await image.digest());
    const [theirs, ours] = [join(folder, 'theirs'), join(folder, 'ours')];
    skopeo('copy', '--quiet', '--src-tls-verify=false', `docker://${registry.host}/a/app:1`, `oci:${theirs}:x`);
    await writeLayout(ours, [image], 'x');
    const blobs = (at: string): string[] => readdirSync(join(at, 'blobs/sha256')).toSorted();
    expect(blobs(theirs)).toEqual(blobs(ours));
    expect(await validate(`oci:${theirs}`)).toEqual([]);
  });

  test('gives skopeo each platform of an index, and the tag is the index', async () => {
    const { digest } = await push([image, arm], 'b/app:both');
    const raw = skopeo('inspect', '--raw', '--tls-verify=false', `docker://${registry.host}/b/app:both`);
    expect(sha256(raw)).toBe(digest);
    for (const one of [image, arm]) {
      const { architecture } = await one.config();
      const seen = JSON.parse(
        skopeo('--override-arch', architecture, 'inspect', '--tls-verify=false', `docker://${registry.host}/b/app:both`),
      );
      expect(seen.Architecture).toBe(architecture);
    }
    expect(await validate(`${registry.host}/b/app:both`, { store, env: env() })).toEqual([]);
  });

  test('is not sent again what it has', async () => {
    await push([image], 'c/app:1');
    const from = registry.log().length;
    expect((await push([image], 'c/app:2')).blobs).toEqual({ there: 3, mounted: 0, sent: 0 });
    expect(linesSince(0, '"POST /v2/c/app/blobs/')).toBe(3);
    expect(linesSince(from, '"POST ')).toBe(0);
  });

  test('mounts what another of its repositories has, also when that was only pulled from there', async () => {
    skopeo('copy', '--quiet', '--dest-tls-verify=false', `oci:${await layoutOf(arm)}:x`, `docker://${registry.host}/d/base:1`);
    const own = await openStore(mkdtempSync(join(folder, 'own-')));
    const pulled = await pullImage(name('d/base:1'), { os: 'linux', architecture: 'arm64' }, { store: own, env: env() });
    expect((await push([pulled], 'd/app:1', own)).blobs).toEqual({ there: 0, mounted: 3, sent: 0 });
    await own.close();
  });

  test('that lost what it had is sent it', async () => {
    const own = await openStore(mkdtempSync(join(folder, 'own-')));
    const other = await makeImage(store, { text: 'lost' });
    await push([other], 'e/app:1', own);
    rmSync(join(folder, 'registry/data/docker/registry/v2/repositories/e'), { recursive: true });
    const { layers, config } = await other.parsedManifest();
    for (const { digest } of [...layers, config])
      rmSync(join(folder, 'registry/data/docker/registry/v2/blobs/sha256', hexOf(digest).slice(0, 2), hexOf(digest)), {
        recursive: true,
        force: true,
      });
    expect((await push([other], 'e/again:1', own)).blobs.sent).toBe(3);
    await own.close();
    await push([image], 'a/app:1');
  });

  test('refuses a tag that is a digest, with a way out', async () => {
    await expect(push([image], `f/app@${await image.digest()}`)).rejects.toThrow(/has a digest, and that comes of what is pushed/);
  });

  async function layoutOf(one: Image): Promise<string> {
    const at = mkdtempSync(join(folder, 'layout-'));
    await writeLayout(at, [one], 'x');
    return at;
  }
});

test.skipIf(!has('docker-registry'))('a registry that wants a login is pushed to with it, and says so without', async () => {
  const registry = await startRegistry(join(folder, 'closed'), { auth: true });
  try {
    const to = parseRegistryName(`${registry.host}/team/app:1`);
    await expect(pushImages([image], to, { store, env: env() })).rejects.toThrow(`${registry.host} wants a login, and there is none`);
    const file = join(folder, 'auth.json');
    writeFileSync(
      file,
      JSON.stringify({ auths: { [registry.host]: { auth: Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString('base64') } } }),
    );
    const job = { store, env: { REGISTRY_AUTH_FILE: file } };
    expect((await pushImages([image], to, job)).digest).toBe(await image.digest());
    expect(await (await pullImage(to, undefined, job)).digest()).toBe(await image.digest());
  } finally {
    await registry.stop();
  }
});

/** A registry in memory, of uploads in pieces, that misbehaves where a test says. */
describe('an upload', () => {
  const kept = new Map<string, Buffer>();
  const open = new Map<string, Buffer>();
  let double: Double;
  type Trouble = (request: IncomingMessage, response: ServerResponse, body: Buffer) => boolean;
  let trouble: Trouble;
  beforeEach(async () => {
    kept.clear();
    open.clear();
    trouble = () => false;
    double = await startDouble(async (request, response) => {
      const body = await bodyOf(request);
      if (!trouble(request, response, body)) behave(request, response, body);
    });
  });
  afterEach(() => double.stop());

  async function bodyOf(request: IncomingMessage): Promise<Buffer> {
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part as Buffer);
    } catch {
      // Broken off.
    }
    return Buffer.concat(parts);
  }

  function behave(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const url = new URL(request.url ?? '', 'http://double');
    const [, session] = /\/blobs\/uploads\/(\d+)$/.exec(url.pathname) ?? [];
    const location = { location: `${url.pathname}?state=x` };
    if (request.method === 'HEAD') return void response.writeHead(kept.has(url.pathname.replace(/^.*\//, '')) ? 200 : 404).end();
    if (request.method === 'POST') {
      const id = String(open.size + 1);
      open.set(id, Buffer.alloc(0));
      return void response.writeHead(202, { location: `/v2/team/app/blobs/uploads/${id}?state=x` }).end();
    }
    if (session === undefined) return void (kept.set(url.pathname, body), response.writeHead(201).end());
    const before = open.get(session)!;
    if (request.method === 'GET') return void response.writeHead(204, { ...location, range: `0-${Math.max(before.length - 1, 0)}` }).end();
    if (request.method === 'PATCH' && Number(request.headers['content-range']?.split('-')[0]) !== before.length)
      return void response.writeHead(416).end();
    open.set(session, Buffer.concat([before, body]));
    if (request.method === 'PATCH') return void response.writeHead(202, location).end();
    kept.set(url.searchParams.get('digest')!, open.get(session)!);
    response.writeHead(201).end();
  }

  const push = (): Promise<Pushed> =>
    pushImages([image], parseRegistryName(`${double.host}/team/app:1`), {
      store,
      env: env(),
      patience: { attempts: 4, backOffMs: 1, stallMs: 1_000, answerMs: 1_000 },
    });
  const lines = (method: string): number => double.requests.filter(({ line }) => line.startsWith(method)).length;
  async function isThere(): Promise<void> {
    const { config, layers } = await image.parsedManifest();
    for (const { digest } of [config, ...layers])
      expect(`sha256:${createHash('sha256').update(kept.get(digest)!).digest('hex')}`).toBe(digest);
    expect(double.requests.at(-1)?.line).toBe('PUT /v2/team/app/manifests/1');
  }
  const isLarge = ({ method, url = '' }: IncomingMessage, body: Buffer): boolean =>
    method === 'PUT' && url.includes('uploads') && body.length > 100_000;

  test('goes whole, each blob in one request, and the tag comes last', async () => {
    expect((await push()).blobs).toEqual({ there: 0, mounted: 0, sent: 3 });
    expect([lines('PUT'), lines('PATCH')]).toEqual([4, 0]);
    await isThere();
  });

  test('that is too large for one request goes in pieces', async () => {
    trouble = (request, response, body) => isLarge(request, body) && !!response.writeHead(413).end();
    await push();
    expect(lines('PATCH')).toBe(1);
    await isThere();
  });

  test('that breaks off is sent again, then in pieces, of which only what is missing is sent again', async () => {
    let broken = 0;
    trouble = (request, response, body) => {
      if (isLarge(request, body)) return !!response.destroy();
      if (request.method !== 'PATCH' || (broken += 1) > 1) return false;
      const id = /(\d+)\?/.exec(request.url ?? '')![1]!;
      open.set(id, body.subarray(0, 70_000));
      return !!response.destroy();
    };
    await push();
    const ranges = double.requests.flatMap(({ line, headers }) => (line.startsWith('PATCH') ? [headers['content-range']] : []));
    const { size } = (await image.parsedManifest()).layers[0]!;
    expect(ranges).toEqual([`0-${size - 1}`, `70000-${size - 1}`]);
    await isThere();
  });

  test.each([
    ['500', (_: IncomingMessage, r: ServerResponse) => r.writeHead(500).end()],
    ['429', (_: IncomingMessage, r: ServerResponse) => r.writeHead(429, { 'retry-after': '0' }).end()],
    ['a connection that is closed', (_: IncomingMessage, r: ServerResponse) => r.destroy()],
  ])('is tried again after %s, wherever that is met', async (_, answer) => {
    const met = new Set<string>();
    trouble = (request, response) => {
      const what = `${request.method} ${request.url?.replace(/\d+\?.*/, '')}`;
      if (met.has(what)) return false;
      met.add(what);
      return !!answer(request, response);
    };
    await push();
    expect(met.size).toBeGreaterThan(4);
    await isThere();
  });

  test.each([
    ['denied', 403, 'DENIED', /does not let you, without a login, write 127.*team\/app \(HTTP 403: DENIED\)/],
    ['for a repository that is not there', 404, 'NAME_UNKNOWN', /team\/app cannot be pushed to \(HTTP 404: NAME_UNKNOWN\)/],
    [
      'with a digest that the registry does not see',
      400,
      'DIGEST_INVALID',
      /the registry refuses the request \(HTTP 400: DIGEST_INVALID\)/,
    ],
  ])('that is refused, %s, is not tried again, and no tag is written', async (_, code, word, what) => {
    const body = JSON.stringify({ errors: [{ code: word }] });
    trouble = (request, response) => request.method === 'PUT' && !!response.writeHead(code).end(body);
    await expect(push()).rejects.toThrow(what);
    expect(double.requests.some(({ line }) => line.includes('/manifests/'))).toBe(false);
    expect(lines('PUT')).toBeLessThanOrEqual(3);
  });

  test('goes nowhere when it is redirected', async () => {
    trouble = (request, response) => request.method === 'PUT' && !!response.writeHead(307, { location: 'http://127.0.0.1:3/' }).end();
    await expect(push()).rejects.toThrow(/redirects a PUT/);
  });

  test('that the registry keeps under another digest is no success', async () => {
    trouble = (request, response) =>
      (request.url ?? '').includes('/manifests/') && !!response.writeHead(201, { 'docker-content-digest': sha256('other') }).end();
    await expect(push()).rejects.toThrow(/what was pushed as sha256:\w+ is kept as sha256:/);
  });

  test('to a place that the registry names on another host goes without the login', async () => {
    const elsewhere = await startDouble(async (request, response) => (await bodyOf(request), response.writeHead(201).end()));
    writeFileSync(
      join(folder, 'login.json'),
      JSON.stringify({ auths: { [double.host]: { auth: Buffer.from('a:b').toString('base64') } } }),
    );
    trouble = (request, response) => {
      if (!request.headers.authorization) return !!response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end();
      return request.method === 'POST' && !!response.writeHead(202, { location: `http://${elsewhere.host}/upload?signed=1` }).end();
    };
    const job = { store, env: { REGISTRY_AUTH_FILE: join(folder, 'login.json') } };
    await pushImages([image], parseRegistryName(`${double.host}/team/app:1`), job);
    expect(elsewhere.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined, undefined]);
    await elsewhere.stop();
  });
});
