import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { EnvironmentError, UserError } from '../../base/index.ts';
import { openStore, sha256, type Store } from '../../base/node.ts';
import { errorsAmong, validate, type Descriptor, type Image } from '../index.ts';
import { MEDIA } from '../spec/media-types.ts';
import { collect } from '../verified.ts';
import { parseRegistryName } from './name.ts';
import { pullImage } from './pull.ts';
import { makeImage, startDouble, type Double } from './registry.testing.ts';

let folder: string;
let store: Store;
let own: Store;
let image: Image;
let manifest: Uint8Array;
let large: Descriptor;
let blob: Uint8Array;
const documents = new Map<string, Uint8Array>();
const doubles: Double[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-hostile-'));
  store = await openStore(join(folder, 'store'));
  own = await openStore(join(folder, 'own'));
  image = await makeImage(store);
  manifest = await image.manifest();
  const { config, layers } = await image.parsedManifest();
  for (const one of [config, ...layers]) documents.set(one.digest, await collect(image.blob(one), 1e9, 'it'));
  large = layers[0]!;
  blob = documents.get(large.digest)!;
});
afterEach(async () => {
  await Promise.all(doubles.splice(0).map((double) => double.stop()));
  // Whatever happened: nothing half-written is left, and nothing that is not what it says.
  expect(spawnSync('find', [join(own.root, 'tmp'), '-type', 'f'], { encoding: 'utf8' }).stdout).toBe('');
  rmSync(join(own.root, 'blobs'), { recursive: true, force: true });
});
afterAll(async () => {
  await store.close();
  await own.close();
  rmSync(folder, { recursive: true });
});

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A registry of the image that behaves well but where `handlers`, by the end of the path, say otherwise. */
async function doubleOf(handlers: Readonly<Record<string, Handler>> = {}): Promise<Double> {
  const double = await startDouble((request, response) => {
    const path = request.url ?? '';
    const handler = Object.entries(handlers).find(([end]) => path.endsWith(end))?.[1];
    if (handler) return handler(request, response);
    return behave(path, response);
  });
  doubles.push(double);
  return double;
}

function behave(path: string, response: ServerResponse): unknown {
  if (path.includes('/manifests/')) return sendManifest(response, manifest);
  const bytes = documents.get(path.replace(/^.*\/blobs\//, ''));
  return bytes ? response.writeHead(200, { 'content-length': bytes.length }).end(bytes) : response.writeHead(404).end();
}

const sendManifest = (response: ServerResponse, bytes: Uint8Array, type: string = MEDIA.manifest): unknown =>
  response.writeHead(200, { 'content-type': type, 'content-length': bytes.length }).end(bytes);

const patience = { attempts: 3, backOffMs: 1, stallMs: 250 };
const pull = (double: Double, reference = ':1', env: NodeJS.ProcessEnv = { HOME: folder }): Promise<Image> =>
  pullImage(parseRegistryName(`${double.host}/team/app${reference}`), undefined, { store: own, env, patience });

/** The error, which has a way out. */
async function failed(work: Promise<unknown>): Promise<Error & { hint: string; kind?: string }> {
  const error = await work.then(
    () => expect.fail('it did not fail'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof EnvironmentError || error instanceof UserError)) throw error;
  expect(error.hint).not.toBe('');
  return error;
}

const sent = (double: Double, part: string): number => double.requests.filter(({ line }) => line.includes(part)).length;
const times = (count: number, first: Handler, then: Handler = (request, response) => behave(request.url ?? '', response)): Handler => {
  let called = 0;
  return (request, response) => ((called += 1) <= count ? first(request, response) : then(request, response));
};
const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Handler =>
  (_, response) =>
    response.writeHead(code, headers).end(body);

describe('what is for good is said at once', () => {
  const denied = JSON.stringify({ errors: [{ code: 'DENIED', message: 'Basic c2VjcmV0' }] });
  test.each([
    ['401 that does not say how to log in', { '/1': status(401) }, /wants a login and does not say of which kind/, /is it a registry/],
    [
      '401 without a login here',
      { '/1': status(401, { 'www-authenticate': 'Basic realm="x"' }) },
      /wants a login, and there is none/,
      /skopeo login 127/,
    ],
    [
      '403',
      { '/1': status(403, {}, denied) },
      /does not let you, without a login, read .*team\/app \(HTTP 403: DENIED\)$/,
      /ask for the right/,
    ],
    ['404', { '/1': status(404) }, /has no tag `1` \(HTTP 404\)/, /check the name/],
    ['400', { '/1': status(400) }, /refuses the request \(HTTP 400\)/, /ask whoever runs it/],
    ['redirects in circles', { '/1': status(307, { location: '1' }) }, /redirects more than 5 times/, /set up wrongly/],
    [
      'a redirect with a login in it',
      { '/1': status(307, { location: 'http://a:c2VjcmV0@127.0.0.1/' }) },
      /with a login in it/,
      /set up wrongly/,
    ],
    ['a redirect to no address', { '/1': status(307, { location: 'ftp://x/' }) }, /leads to ftp:\/\/x, away from TLS/, /set up wrongly/],
  ] as const)('%s', async (_, handlers, what, hint) => {
    const double = await doubleOf(handlers);
    const error = await failed(pull(double));
    expect(error.message).toMatch(what);
    expect(error.message).toContain(double.host);
    expect(error.hint).toMatch(hint);
    expect(error.message + error.hint).not.toContain('c2VjcmV0');
    expect(sent(double, '/1')).toBe(what.source.startsWith('redirects') ? 6 : 1);
  });
});

describe('what may pass is tried again', () => {
  test.each([
    ['429', times(2, status(429, { 'retry-after': '0' }))],
    ['500', times(2, status(500))],
    ['503', times(2, status(503))],
    ['a connection that is reset', times(2, (request) => request.socket.resetAndDestroy())],
    ['an answer that does not come', times(2, () => {})],
    [
      'an answer that breaks off',
      times(2, (_, response) =>
        response.writeHead(200, { 'content-type': MEDIA.manifest, 'content-length': 900 }).write('{', () => response.destroy()),
      ),
    ],
  ])('%s', async (_, handler) => {
    const double = await doubleOf({ '/1': handler });
    expect(await (await pull(double)).digest()).toBe(await image.digest());
    expect(sent(double, '/1')).toBe(3);
  });

  test.each([
    ['429', status(429), /cannot answer now \(HTTP 429\)/],
    ['502', status(502), /cannot answer now \(HTTP 502\)/],
    ['a connection that is reset', (request: IncomingMessage) => request.socket.resetAndDestroy(), /cannot be reached \(/],
    ['an answer that does not come', () => {}, /nothing came for 0.25 s/],
  ] as const)('but not for ever: %s', async (_, handler, what) => {
    const double = await doubleOf({ '/1': handler });
    const error = await failed(pull(double));
    expect([error.message, error.kind]).toEqual([expect.stringMatching(what), 'transient']);
    expect(sent(double, '/1')).toBe(3);
  });

  test('as late as the registry asks; when that is too late, it is said', async () => {
    const double = await doubleOf({ '/1': status(429, { 'retry-after': '3600' }) });
    expect((await failed(pull(double))).hint).toBe('try again in 3600 s, as it asks');
    expect(sent(double, '/1')).toBe(1);
  });

  test('not where nothing listens', async () => {
    const double = await doubleOf();
    await double.stop();
    expect((await failed(pull(double))).message).toMatch(/cannot be reached \(ECONNREFUSED\)/);
  });
});

describe('a manifest', () => {
  test.each([
    [
      'of another media type',
      (_: IncomingMessage, r: ServerResponse) => sendManifest(r, manifest, 'text/html; charset=utf-8'),
      /has media type `text\/html`/,
    ],
    [
      'of Docker’s first format',
      (_: IncomingMessage, r: ServerResponse) => sendManifest(r, manifest, 'application/vnd.docker.distribution.manifest.v1+prettyjws'),
      /Docker's first format/,
    ],
    [
      'that is no JSON',
      (_: IncomingMessage, r: ServerResponse) => sendManifest(r, Buffer.from('<html>')),
      /the manifest breaks the OCI image specification: is no JSON/,
    ],
    [
      'with another digest than its header says',
      (_: IncomingMessage, r: ServerResponse) => (r.setHeader('docker-content-digest', sha256('other')), sendManifest(r, manifest)),
      /should have digest sha256:.*, what came has/,
    ],
    [
      'that never ends',
      (_: IncomingMessage, r: ServerResponse) => {
        r.writeHead(200, { 'content-type': MEDIA.manifest });
        const more = (): unknown => r.destroyed || r.write(Buffer.alloc(65_536, 32), more);
        more();
      },
      /is larger than 4194304 bytes/,
    ],
  ] as const)('%s is refused', async (_, handler, what) => {
    const error = await failed(pull(await doubleOf({ '/1': handler })));
    expect(error.message).toMatch(what);
  });

  test('with another digest than was asked for is refused', async () => {
    const error = await failed(pull(await doubleOf(), `@${sha256('other')}`));
    expect(error.message).toMatch(/manifest `sha256:.*`: should have digest/);
  });
});

describe('a blob', () => {
  const chunked =
    (bytes: () => Uint8Array): Handler =>
    (_, response) =>
      response.writeHead(200).end(bytes());
  const truncated =
    (bytes: () => Uint8Array): Handler =>
    (_, response) =>
      response.writeHead(200, { 'content-length': bytes().length }).end(bytes());
  const flipped = (): Uint8Array => blob.map((byte, i) => (i === 1000 ? byte ^ 1 : byte));
  test.each([
    ['that is not there', status(404), /blob sha256:\w+ is not there/],
    ['with too many bytes', chunked(() => Buffer.concat([blob, blob])), /blob sha256:\w+ is longer than its \d+ bytes/],
    ['with too few bytes', chunked(() => blob.subarray(0, 1000)), /blob sha256:\w+ has 1000 bytes instead of \d+/],
    ['announced with another size', truncated(() => blob.subarray(0, 1000)), /blob sha256:\w+ has 1000 bytes instead of \d+/],
    ['with another digest', truncated(flipped), /does not match its digest: it is sha256:/],
  ] as const)('%s is refused, and is not tried again', async (_, handler, what) => {
    const double = await doubleOf({ [large.digest]: handler });
    const error = await failed(pull(double));
    expect(error.message).toMatch(what);
    expect(error.message).toContain(`${double.host}/team/app: `);
    expect(await own.has(large.digest)).toBe(false);
    expect(sent(double, large.digest)).toBe(1);
  });

  const half = 150_000;
  const cut: Handler = (_, response) =>
    response.writeHead(200, { 'content-length': blob.length }).write(blob.subarray(0, half), () => response.destroy());
  const stalled: Handler = (_, response) => response.writeHead(200, { 'content-length': blob.length }).write(blob.subarray(0, half));
  const ranged: Handler = ({ headers }, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    response.writeHead(206, { 'content-length': blob.length - from, 'content-range': `bytes ${from}-${blob.length - 1}/${blob.length}` });
    response.end(blob.subarray(from));
  };
  test.each([
    ['breaks off', cut],
    ['stalls', stalled],
  ])('that %s half-way is resumed where it was', async (_, broken) => {
    const double = await doubleOf({ [large.digest]: times(1, broken, ranged) });
    await pull(double);
    expect(sha256(await own.read(large.digest))).toBe(large.digest);
    const asked = double.requests.filter(({ line }) => line.includes(large.digest)).map(({ headers }) => headers.range);
    expect(asked).toEqual([undefined, expect.stringMatching(/^bytes=\d+-$/)]);
    expect(Number(/\d+/.exec(asked[1]!)?.[0])).toBeGreaterThan(0);
  });

  test('of a registry that knows no ranges is resumed too', async () => {
    const double = await doubleOf({ [large.digest]: times(1, cut) });
    await pull(double);
    expect(sha256(await own.read(large.digest))).toBe(large.digest);
  });

  test('that comes on with another part than was asked for is refused', async () => {
    const shifted: Handler = (_, response) =>
      response.writeHead(206, { 'content-range': `bytes 7-${blob.length - 1}/${blob.length}` }).end(blob.subarray(7));
    const error = await failed(pull(await doubleOf({ [large.digest]: times(1, cut, shifted) })));
    expect(error.message).toMatch(/another part of blob/);
  });

  test('that always breaks off is given up', async () => {
    const nothing: Handler = (_, response) => response.writeHead(200, { 'content-length': blob.length }).destroy();
    const double = await doubleOf({ [large.digest]: nothing });
    expect((await failed(pull(double))).kind).toBe('transient');
    expect(sent(double, large.digest)).toBe(3);
  });

  test('that lies elsewhere is fetched there, without the login', async () => {
    const storage = await doubleOf();
    const double = await doubleOf({
      [large.digest]: status(307, { location: `http://${storage.host}/v2/team/app/blobs/${large.digest}` }),
    });
    await pull(double);
    expect(storage.requests).toHaveLength(1);
  });

  test.each([true, false])('of a foreign layer is asked of the registry alone, whatever addresses it has: there %s', async (isThere) => {
    const elsewhere = await doubleOf();
    const parsed = await image.parsedManifest();
    const [first, ...rest] = parsed.layers;
    const urls = [`http://${elsewhere.host}/v2/team/app/blobs/${large.digest}`];
    const foreign = { ...first!, mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', urls };
    const bytes = Buffer.from(JSON.stringify({ ...parsed, layers: [foreign, ...rest] }));
    const double = await doubleOf({
      '/1': (_, response) => sendManifest(response, bytes),
      ...(isThere ? {} : { [large.digest]: status(404) }),
    });
    if (isThere) expect((await (await pull(double)).parsedManifest()).layers[0]).toMatchObject({ urls });
    else
      expect(await failed(pull(double))).toMatchObject({
        message: expect.stringMatching(/is a foreign one .*cannot be had from the registry: .*is not there/),
        hint: expect.stringContaining('registry of your own'),
      });
    expect(elsewhere.requests).toEqual([]);
  });
});

test('what an index names and is not there is a finding', async () => {
  const descriptor = {
    mediaType: MEDIA.manifest,
    digest: await image.digest(),
    size: manifest.length,
    platform: { os: 'linux', architecture: 'amd64' },
  };
  const gone = { ...descriptor, digest: sha256('gone'), platform: { os: 'linux', architecture: 'arm64' } };
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA.index, manifests: [descriptor, gone] }));
  const double = await doubleOf({
    '/1': (_, response) => sendManifest(response, index, MEDIA.index),
    [gone.digest]: status(404),
  });
  const found = errorsAmong(await validate(`${double.host}/team/app:1`, { store: own, env: { HOME: folder }, patience }));
  expect(found.map(({ what }) => what)).toEqual([`${double.host}/team/app: manifest ${gone.digest} is not there`]);
});

test('what a registry does not answer is no finding', async () => {
  const double = await doubleOf({ [large.digest]: status(503) });
  await expect(validate(`${double.host}/team/app:1`, { store: own, env: { HOME: folder }, patience })).rejects.toThrow(
    /cannot answer now \(HTTP 503\)/,
  );
});

test('a pull that is called off ends with the reason, and leaves nothing', async () => {
  const controller = new AbortController();
  const double = await doubleOf({ [large.digest]: () => controller.abort(new Error('Ctrl-C')) });
  const job = { store: own, env: { HOME: folder }, signal: controller.signal };
  await expect(pullImage(parseRegistryName(`${double.host}/team/app:1`), undefined, job)).rejects.toThrow('Ctrl-C');
});
