import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type Store } from '../../base/node.ts';
import { writeLayout, type Image } from '../index.ts';
import { MEDIA } from '../spec/media-types.ts';
import { readChallenge } from './challenge.ts';
import { credentialFor } from './credentials.ts';
import type { RegistryJob } from './job.ts';
import { parseRegistryName } from './name.ts';
import { openRegistryImage } from './pull.ts';
import { has, LOGIN, makeImage, skopeo, startDouble, startRegistry, type Double } from './registry.testing.ts';

const SECRET = LOGIN.password;
const ENCODED = Buffer.from(`${LOGIN.user}:${SECRET}`).toString('base64');

let folder: string;
let home: string;
let store: Store;
let image: Image;
const doubles: Double[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-logins-'));
  store = await openStore(join(folder, 'store'));
  image = await makeImage(store);
});
beforeEach(() => {
  home = mkdtempSync(join(folder, 'home-'));
});
afterEach(() => Promise.all(doubles.splice(0).map((double) => double.stop())));
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const write = (path: string, text: unknown): string => {
  const full = join(home, path);
  mkdirSync(join(full, '..'), { recursive: true });
  writeFileSync(full, typeof text === 'string' ? text : JSON.stringify(text));
  return full;
};
const job = (env: NodeJS.ProcessEnv = {}): RegistryJob => ({
  store,
  env: { HOME: home, PATH: `${home}/bin${delimiter}${process.env['PATH']}`, ...env },
  patience: { attempts: 3, backOffMs: 1, stallMs: 2_000, helperMs: 500 },
});
const helper = (name: string, script: string): void => chmodSync(write(`bin/docker-credential-${name}`, `#!/bin/sh\n${script}\n`), 0o755);
const open = (host: string, env?: NodeJS.ProcessEnv): Promise<Image> =>
  openRegistryImage(parseRegistryName(`${host}/team/app:1`), undefined, job(env));

/** The error's words, which hold no secret. */
async function failure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => expect.fail('it did not fail'),
    (thrown: Error & { hint?: string }) => thrown,
  );
  const words = `${error.message}\n${error.hint ?? ''}\n${error.stack ?? ''}`;
  for (const secret of [SECRET, ENCODED]) expect(words).not.toContain(secret);
  return `${error.message}\n${error.hint ?? ''}`;
}

describe.skipIf(!has('docker-registry') || !has('skopeo'))('a registry that wants a name and a password', () => {
  let registry: Awaited<ReturnType<typeof startRegistry>>;
  beforeAll(async () => {
    registry = await startRegistry(join(folder, 'registry'), { auth: true });
    await writeLayout(join(folder, 'layout'), [image], 'x');
    skopeo(
      'copy',
      '--quiet',
      '--dest-tls-verify=false',
      `--dest-creds=${LOGIN.user}:${SECRET}`,
      `oci:${folder}/layout:x`,
      `docker://${registry.host}/team/app:1`,
    );
  });
  afterAll(() => registry.stop());

  test('is told that of Docker’s login, and of the one that `skopeo login` wrote', async () => {
    write('.docker/config.json', { auths: { [`http://${registry.host}/v2/`]: { auth: ENCODED } } });
    expect(await (await open(registry.host)).digest()).toBe(await image.digest());
    const authFile = join(home, 'skopeo.json');
    skopeo('login', '--tls-verify=false', '--authfile', authFile, '-u', LOGIN.user, '-p', SECRET, registry.host);
    expect(await (await open(registry.host, { HOME: '/nowhere', REGISTRY_AUTH_FILE: authFile })).digest()).toBe(await image.digest());
  });

  test('says that it wants one, where none is known, and which files were read', async () => {
    const words = await failure(open(registry.host));
    expect(words).toContain(`${registry.host} wants a login, and there is none\n`);
    expect(words).toContain(`${home}/.config/containers/auth.json, ${home}/.docker/config.json`);
  });

  test('says that it does not accept one, and where that was found', async () => {
    const path = write('.docker/config.json', { auths: { [registry.host]: { auth: Buffer.from(`ada:${SECRET}x`).toString('base64') } } });
    expect(await failure(open(registry.host))).toContain(`${registry.host} does not accept the login of ${path} (HTTP 401)`);
  });
});

describe('a token server', () => {
  interface Asked {
    readonly method: string;
    readonly url: URL;
    readonly authorization: string | undefined;
    readonly body: string;
  }
  const asked: Asked[] = [];
  /** The token that the registry lets in. */
  let accepted = 'good';
  /** A registry that wants the token which its token server gives; `tokens` says what that answers. */
  async function withTokens(
    tokens: (ask: Asked, response: ServerResponse) => unknown,
    realm = (host: string) => `http://${host}/token`,
  ): Promise<Double> {
    asked.length = 0;
    accepted = 'good';
    const manifest = await image.manifest();
    const config = (await image.parsedManifest()).config;
    const parts: Buffer[] = [];
    for await (const piece of image.blob(config)) parts.push(Buffer.from(piece));
    const double = await startDouble(async (request: IncomingMessage, response) => {
      const url = new URL(request.url ?? '', `http://${double.host}`);
      if (url.pathname === '/token') {
        let body = '';
        for await (const piece of request) body += String(piece);
        const ask = { method: request.method ?? '', url, authorization: request.headers.authorization, body };
        asked.push(ask);
        return tokens(ask, response);
      }
      if (request.headers.authorization !== `Bearer ${accepted}`)
        return response
          .writeHead(401, {
            'www-authenticate': `Bearer realm="${realm(double.host)}",service="the, service",scope="repository:team/app:pull"`,
          })
          .end();
      if (url.pathname.includes('/blobs/')) return response.end(Buffer.concat(parts));
      return response.writeHead(200, { 'content-type': MEDIA.manifest }).end(manifest);
    });
    doubles.push(double);
    return double;
  }
  const give = (_: Asked, response: ServerResponse): unknown => response.end(JSON.stringify({ token: 'good' }));

  test('gives anybody a token for what is public', async () => {
    const double = await withTokens(give);
    await (await open(double.host)).config();
    expect(asked.map(({ method, url, authorization }) => [method, url.search, authorization])).toEqual([
      ['GET', '?service=the%2C+service&scope=repository%3Ateam%2Fapp%3Apull', undefined],
    ]);
  });

  test('is shown the login', async () => {
    const double = await withTokens(({ authorization }, response) =>
      response.end(JSON.stringify(authorization === `Basic ${ENCODED}` ? { access_token: 'good' } : {})),
    );
    write('.docker/config.json', { auths: { [double.host]: { auth: ENCODED } } });
    expect(await (await open(double.host)).digest()).toBe(await image.digest());
    expect(asked[0]?.url.searchParams.get('account')).toBe(LOGIN.user);
  });

  test('is sent the identity token that a login left, as a form', async () => {
    const double = await withTokens(give);
    write('.docker/config.json', {
      auths: { [double.host]: { auth: Buffer.from('00000000:').toString('base64'), identitytoken: SECRET } },
    });
    await open(double.host);
    expect(asked[0]?.method).toBe('POST');
    expect(Object.fromEntries(new URLSearchParams(asked[0]?.body))).toEqual({
      grant_type: 'refresh_token',
      client_id: 'plimsoll',
      refresh_token: SECRET,
      service: 'the, service',
      scope: 'repository:team/app:pull',
    });
  });

  test('whose token has run out is asked for another, once', async () => {
    const double = await withTokens((_, response) => response.end(JSON.stringify({ token: accepted })));
    const empty = await openStore(join(home, 'store'));
    const opened = await openRegistryImage(parseRegistryName(`${double.host}/team/app:1`), undefined, { ...job(), store: empty });
    accepted = 'better';
    expect(await opened.config()).toEqual(await image.config());
    expect(asked).toHaveLength(2);
    await empty.close();
  });

  test.each([
    [
      'that refuses the login',
      (_: Asked, r: ServerResponse) => r.writeHead(401).end(`{"details":"${ENCODED}"}`),
      /does not accept the login of .*config\.json \(HTTP 401 from http:/,
      1,
    ],
    ['that answers no token', (_: Asked, r: ServerResponse) => r.end('{}'), /the token server .* answers with no token/, 1],
    [
      'whose token would be two headers',
      (_: Asked, r: ServerResponse) => r.end(JSON.stringify({ token: 'a\r\nb: c' })),
      /answers with no token/,
      1,
    ],
    ['that is not there', (_: Asked, r: ServerResponse) => r.writeHead(404).end(), /answers HTTP 404/, 1],
    ['that is busy for long', (_: Asked, r: ServerResponse) => r.writeHead(503).end(), /cannot answer now \(HTTP 503\)/, 3],
  ] as const)('%s is named', async (_, tokens, what, times) => {
    const double = await withTokens(tokens);
    write('.docker/config.json', { auths: { [double.host]: { auth: ENCODED } } });
    expect(await failure(open(double.host))).toMatch(what);
    expect(asked.length).toBeGreaterThanOrEqual(times);
  });

  test('is not shown the login where it is no address', async () => {
    const double = await withTokens(give, () => 'file:///etc/passwd');
    write('.docker/config.json', { auths: { [double.host]: { auth: ENCODED } } });
    expect(await failure(open(double.host))).toMatch(/leads to file:/);
  });
});

test('a login stays with the host that it is for', async () => {
  const storage = await startDouble(async (_, response) =>
    response.writeHead(200, { 'content-type': MEDIA.manifest }).end(await image.manifest()),
  );
  const registry = await startDouble((request, response) => {
    if (!request.headers.authorization) return response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end();
    return response.writeHead(307, { location: `http://${storage.host}/signed?key=${ENCODED}` }).end();
  });
  doubles.push(storage, registry);
  write('.docker/config.json', { auths: { [registry.host]: { auth: ENCODED } } });
  await open(registry.host);
  expect(registry.requests.at(-1)?.headers.authorization).toBe(`Basic ${ENCODED}`);
  expect(storage.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  await storage.stop();
  expect(await failure(open(registry.host))).toContain(`http://${storage.host}/signed cannot be reached`);
});

test('storage that asks for a login does not get it, nor says who does', async () => {
  const tokens = await startDouble((_, response) => response.end(JSON.stringify({ token: 'good' })));
  const storage = await startDouble((_, response) =>
    response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${tokens.host}/token"` }).end(),
  );
  const registry = await startDouble((_, response) => response.writeHead(307, { location: `http://${storage.host}/x` }).end());
  doubles.push(tokens, storage, registry);
  write('.docker/config.json', { auths: { [registry.host]: { auth: ENCODED }, [storage.host]: { auth: ENCODED } } });
  expect(await failure(open(registry.host))).toContain('wants a login');
  expect(tokens.requests).toEqual([]);
  expect(new Set(storage.requests.map(({ headers }) => headers.authorization))).toEqual(new Set([undefined]));
});

describe('a login is looked for', () => {
  const entry = (user: string) => ({ auth: Buffer.from(`${user}:p`).toString('base64') });
  const userFor = async (host: string, repository: string, env?: NodeJS.ProcessEnv): Promise<unknown> => {
    const found = await credentialFor(host, repository, job(env));
    return found && (found.kind === 'password' ? found.user : found.kind);
  };

  test('in Podman’s files first, by the longest name, then in Docker’s', async () => {
    write('run/containers/auth.json', {
      auths: { 'r.example': entry('host'), 'r.example/team': entry('team'), 'r.example/team/app': entry('app') },
    });
    write('.config/containers/auth.json', { auths: { 'r.example': entry('config'), 's.example': entry('s') } });
    write('.docker/config.json', { auths: { 's.example': entry('docker'), 'https://t.example': entry('t') } });
    const env = { XDG_RUNTIME_DIR: join(home, 'run') };
    expect(await userFor('r.example', 'team/app', env)).toBe('app');
    expect(await userFor('r.example', 'team/other', env)).toBe('team');
    expect(await userFor('r.example', 'teams/app', env)).toBe('host');
    expect(await userFor('r.example', 'team/app')).toBe('config');
    expect(await userFor('s.example', 'x', env)).toBe('s');
    expect(await userFor('t.example', 'x', env)).toBe('t');
    expect(await userFor('r.example.evil', 'x', env)).toBe(undefined);
  });

  test('for Docker’s own registry under the names that it goes by', async () => {
    for (const key of ['https://index.docker.io/v1/', 'docker.io', 'index.docker.io']) {
      write('.docker/config.json', { auths: { [key]: entry('hub') } });
      expect(await userFor('docker.io', 'library/python')).toBe('hub');
    }
  });

  test('with the helper of the host, or of all hosts', async () => {
    helper('all', 'read server; echo "{\\"Username\\":\\"all-$server\\",\\"Secret\\":\\"x\\"}"');
    helper('one', 'echo \'{"Username":"<token>","Secret":"x"}\'');
    write('.docker/config.json', { auths: { 'r.example': {} }, credsStore: 'all', credHelpers: { 's.example': 'one' } });
    expect(await userFor('r.example', 'x')).toBe('all-r.example');
    expect(await userFor('docker.io', 'x')).toBe('all-https://index.docker.io/v1/');
    expect(await userFor('s.example', 'x')).toBe('identity');
  });

  test('and a helper that knows none leaves it to the file', async () => {
    helper('none', 'echo "credentials not found in native keychain"; exit 1');
    write('.docker/config.json', { auths: { 'r.example': entry('file') }, credsStore: 'none' });
    expect(await userFor('r.example', 'x')).toBe('file');
    expect(await userFor('s.example', 'x')).toBe(undefined);
  });

  test.each([
    [
      'fails',
      `echo ${SECRET}; echo ${SECRET} >&2; exit 3`,
      /`docker-credential-odd` failed \(exit 3\)\nrun `echo r.example \| docker-credential-odd get`/,
    ],
    ['hangs', 'sleep 600', /`docker-credential-odd` did not answer within 0.5 s/],
    ['hangs in a child', 'sleep 600 & wait', /`docker-credential-odd` did not answer within 0.5 s/],
    ['answers nonsense', `echo ${SECRET}`, /`docker-credential-odd` answered with no login/],
  ])('and a helper that %s is named', async (_, script, what) => {
    helper('odd', script);
    write('.docker/config.json', { credsStore: 'odd' });
    expect(await failure(credentialFor('r.example', 'x', job()))).toMatch(what);
  });

  test('and a helper that is not there, or is a path, is named', async () => {
    write('.docker/config.json', { credsStore: 'gone' });
    expect(await failure(credentialFor('r.example', 'x', job()))).toMatch(/`docker-credential-gone` is not installed/);
    write('.docker/config.json', { credsStore: '../../tmp/x' });
    expect(await failure(credentialFor('r.example', 'x', job()))).toMatch(/is no name of a credential helper/);
  });

  test('and a file that is no JSON is named, without what is in it', async () => {
    const path = write('.docker/config.json', `{"auths": ${SECRET}`);
    expect(await failure(credentialFor('r.example', 'x', job()))).toContain(`the logins in ${path} are no JSON object`);
  });
});

test.each([
  ['Basic realm="a"', { scheme: 'basic' }],
  ['bearer Realm="https://a/t",Service="s"', { scheme: 'bearer', realm: 'https://a/t', service: 's' }],
  [
    'Basic realm="x, Bearer realm=1", Bearer realm="https://a/\\"q\\"", error="invalid_token"',
    { scheme: 'bearer', realm: 'https://a/"q"' },
  ],
  ['Negotiate, Basic', { scheme: 'basic' }],
  ['Bearer service="no realm"', undefined],
  ['Digest realm="a"', undefined],
  [null, undefined],
])('the challenge %s is understood', (header, challenge) => {
  expect(readChallenge(header)).toEqual(challenge);
});
