import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { formatPlace, memoryFiles } from '../../../../base/index.ts';
import { openStore } from '../../../../base/node.ts';
import { makePlan } from '../../../../plan/index.ts';
import { readService } from '../../../../service/index.ts';
import { installWheels } from '../install.ts';
import { resolvePython } from '../resolve.ts';
import { findUv, uvEnvironment } from '../uv.ts';
import { declaredIndexes } from './declared.ts';
import { withIndexes } from './environment.ts';
import { withoutLogins } from './hidden.ts';
import { startIndex, USER, type Fault, type Index } from './double.testing.ts';

const PASSWORD = 'Xk4-geheim/9f';
const encoded = encodeURIComponent(PASSWORD);
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-indexes-'));
const version = execFileSync('python3', ['-c', 'import platform; print(platform.python_version())'], { encoding: 'utf8' }).trim();
let index: Index;
let uv: string;
beforeAll(async () => {
  index = await startIndex(PASSWORD);
  uv = await findUv(
    await openStore(),
    () => {},
    () => Promise.reject(new Error('no pip')),
  );
});
afterAll(async () => {
  await index.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
  index.fault = undefined;
});

const MAIN = { 'main.py': 'import http.server\nhttp.server.HTTPServer(("", 8000), http.server.BaseHTTPRequestHandler).serve_forever()\n' };
/** The machine's own settings and caches are left out: only what a test says holds. */
function alone(env: Readonly<Record<string, string>> = {}): void {
  const home = mkdtempSync(join(folder, 'home-'));
  for (const name of Object.keys(process.env).filter((each) => /^(PIP|UV)_/.test(each))) vi.stubEnv(name, undefined);
  const own = {
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    UV_CACHE_DIR: join(home, 'cache'),
    UV_HTTP_RETRIES: '0',
    NETRC: join(home, '.netrc'),
  };
  for (const [name, value] of Object.entries({ ...own, ...env })) vi.stubEnv(name, value);
}

/** Resolves and installs as an image is built; what is locked, and the error as people see it. */
async function built(files: Readonly<Record<string, string>>): Promise<{ lock?: string; error?: string }> {
  const all = memoryFiles({ ...MAIN, ...files });
  const plan = makePlan(await readService(all, { folderName: 'service' }), {});
  const store = await openStore(mkdtempSync(join(folder, 'store-')));
  const python = { argv: ['python3'] as const, version };
  const tools = { uv: async () => uv, python: async () => ({ ...python, argv: [...python.argv] as [string] }) };
  try {
    const { requirements } = await resolvePython(plan, all, tools, store, undefined, false);
    const place = mkdtempSync(join(folder, 'install-'));
    await installWheels({
      uv,
      python: { argv: ['python3'], version },
      platform: 'x86_64-manylinux_2_36',
      requirements,
      asked: plan.service.python.requirements,
      folder: place,
      env: { ...uvEnvironment(await declaredIndexes(plan.recipe.dependencies, all)), UV_INDEX_STRATEGY: 'unsafe-best-match' },
    });
    return { lock: requirements };
  } catch (error) {
    const { message, hint, at } = error as Error & { hint?: string; at?: { file: string } };
    return { error: `${at ? `${formatPlace(at)}: ` : ''}${message}\nhint: ${hint}` };
  }
}

const locked = (): string => `tally==1.0.0 \\\n    --hash=sha256:${index.sha256}\n`;
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const named = (more = ''): Readonly<Record<string, string>> => ({
  'pyproject.toml': `[project]\nname = "a"\nversion = "1"\ndependencies = ["tally==1.0.0"]\n\n[[tool.uv.index]]\nname = "private"\nurl = "${index.url}"\n${more}`,
});

test.each<readonly [string, () => { env: Readonly<Record<string, string>>; files: Readonly<Record<string, string>> }]>([
  [
    'pip.conf',
    () => ({
      env: { PIP_CONFIG_FILE: file('pip.conf', `[global]\nindex-url = ${login()}\n`) },
      files: { 'requirements.txt': 'tally==1.0.0\n' },
    }),
  ],
  [
    'netrc',
    () => ({
      env: { NETRC: file('netrc', `machine 127.0.0.1\nlogin ${USER}\npassword ${PASSWORD}\n`) },
      files: { 'requirements.txt': `--index-url ${index.url}\ntally==1.0.0\n` },
    }),
  ],
  [
    'UV_INDEX_PRIVATE_PASSWORD',
    () => ({ env: { UV_INDEX_PRIVATE_USERNAME: USER, UV_INDEX_PRIVATE_PASSWORD: PASSWORD }, files: named('default = true\n') }),
  ],
  [
    'uv.toml',
    () => ({
      env: { UV_CONFIG_FILE: file('uv.toml', `[[index]]\nurl = "${login()}"\ndefault = true\n`) },
      files: { 'requirements.txt': 'tally==1.0.0\n' },
    }),
  ],
  [
    'a variable in requirements.txt',
    () => ({
      env: { INDEX_LOGIN: `${USER}:${encoded}` },
      files: { 'requirements.txt': `--index-url ${index.url.replace('//', '//${INDEX_LOGIN}@')}\ntally==1.0.0\n` },
    }),
  ],
  ['PIP_INDEX_URL', () => ({ env: { PIP_INDEX_URL: login() }, files: { 'requirements.txt': 'tally==1.0.0\n' } })],
  [
    'POETRY_HTTP_BASIC_PRIVATE_PASSWORD',
    () => ({
      env: { POETRY_HTTP_BASIC_PRIVATE_USERNAME: USER, POETRY_HTTP_BASIC_PRIVATE_PASSWORD: PASSWORD },
      files: {
        'pyproject.toml': `[tool.poetry.dependencies]\npython = "^3.11"\ntally = "1.0.0"\n\n[[tool.poetry.source]]\nname = "private"\nurl = "${index.url}"\n`,
        'poetry.lock': `[[package]]\nname = "tally"\nversion = "1.0.0"\ngroups = ["main"]\nfiles = [{file = "tally-1.0.0-py3-none-any.whl", hash = "sha256:${index.sha256}"}]\n\n[package.source]\ntype = "legacy"\nurl = "${index.url}"\nreference = "private"\n\n[metadata]\npython-versions = "^3.11"\n`,
      },
    }),
  ],
])('a private index with its login from %s is used, and the lock knows nothing of the login', async (_, make) => {
  const { env, files } = make();
  alone(env);
  const before = index.admitted();
  const { lock, error } = await built(files);
  expect(error).toBeUndefined();
  expect(lock?.trim()).toBe(locked().trim());
  expect(index.admitted()).toBeGreaterThan(before);
});

const login = (): string => index.url.replace('//', `//${USER}:${encoded}@`);

test.each<readonly [Fault, RegExp]>([
  [
    401,
    /^the package index http:\/\/127.0.0.1:\d+ wants a login, and got none that it takes \(401\)\nhint: give it one where pip or uv looks/,
  ],
  [403, /^the package index http:\/\/127.0.0.1:\d+ forbids this login what it was asked for \(403\)\n/],
  [404, /^requirements.txt:1:1: `tally` is not in the package index\n/],
  [500, /^the package index http:\/\/127.0.0.1:\d+ answered 500 Internal Server Error\nhint: try again later/],
  ['stall', /^the package index http:\/\/127.0.0.1:\d+ did not answer in time\n/],
  ['gone', /^http:\/\/127.0.0.1:\d+ no longer has `tally-1.0.0-py3-none-any.whl`, which its index names \(404\)\n/],
  ['other bytes', /^requirements.txt:1:1: what the index serves as `tally==1.0.0` is sha256:\w+, and the lock wants sha256:\w+\n/],
])('an index that answers %s is an error of its own, without the login', async (fault, expected) => {
  alone({ PIP_INDEX_URL: login(), UV_HTTP_TIMEOUT: '1' });
  index.fault = fault;
  const { error } = await built({ 'requirements.txt': 'tally==1.0.0\n' });
  expect(error).not.toContain(PASSWORD);
  expect(error).not.toContain(encoded);
  expect(error).toMatch(expected);
});

test.each([
  ['http://user:geheim@host/simple', 'http://host/simple'],
  ["invalid value 'http://user:ge/h@im@host:80000/simple' for", "invalid value 'http://host:80000/simple' for"],
  ['git+https://me:geheim@git.example/a.git@v1', 'git+https://git.example/a.git@v1'],
  ['git+https://token@git.example/a.git@v1', 'git+https://git.example/a.git@v1'],
  ['https://host:8443/a@v1', 'https://host:8443/a@v1'],
  ['https://host/a.whl?token=geheim&x=1 gone', 'https://host/a.whl gone'],
  ['it was geheim4711, as geheim4711%2F', 'it was ****, as ****%2F'],
])('`%s` is shown as `%s`', (text, shown) => {
  expect(withoutLogins(text, { UV_INDEX_A_PASSWORD: 'geheim4711', OTHER: 'was' })).toBe(shown);
});

test('an index that is written wrongly is said without its login', async () => {
  alone({ PIP_INDEX_URL: `http://${USER}:${PASSWORD}@127.0.0.1:99999/simple` });
  const { error } = await built({ 'requirements.txt': 'tally==1.0.0\n' });
  expect(error).toContain('invalid');
  expect(error).not.toContain('geheim');
});

test('a wheel by its URL is locked with its hash and installed, and another one is refused', async () => {
  alone();
  vi.stubEnv('NETRC', file('netrc', `machine 127.0.0.1\nlogin ${USER}\npassword ${PASSWORD}\n`));
  const wheel = `tally @ ${index.wheelUrl}`;
  expect(await built({ 'requirements.txt': `${wheel}\n` })).toEqual({ lock: `${wheel} \\\n    --hash=sha256:${index.sha256}\n` });
  index.fault = 'other bytes';
  const { error } = await built({ 'requirements.txt': `${wheel}#sha256=${index.sha256}\n` });
  expect(error).toMatch(/^requirements.txt:1:1: what .* serves as `tally.*is sha256:/);
});

test.each([
  ['tally @ git+https://git.example/tally.git@v1', 'git+https://git.example/tally.git@v1'],
  ['tally @ https://files.example/tally-1.0.0.tar.gz', 'https://files.example/tally-1.0.0.tar.gz'],
])('`%s` is an error with its line and the ways out, and nobody is asked for it', async (line, shown) => {
  alone();
  const { error } = await built({ 'requirements.txt': `# ours\n${line}\n` });
  expect(error).toMatch(/^requirements.txt:2:1: /);
  expect(error).toContain(`\`tally\` comes from ${shown}, which would have to be built`);
});

test('a login in the URL of a requirement is refused before it is shown anywhere', async () => {
  const all = memoryFiles({ ...MAIN, 'requirements.txt': 'flask\ntally @ https://me:geheim@files.example/tally-1.0.0-py3-none-any.whl\n' });
  const service = await readService(all, { folderName: 'service' });
  expect(JSON.stringify(service)).not.toContain('geheim');
  expect(service.problems).toMatchObject([
    { at: { file: 'requirements.txt', line: 2 }, what: 'the URL of `tally` holds a login', fatal: true },
  ]);
});

test.each([
  [
    'a Dockerfile’s `-c`',
    { Dockerfile: 'FROM python\nRUN pip install -c limits.txt -r requirements.txt\n', 'requirements.txt': 'tally\n' },
  ],
  ['`-c` in requirements.txt', { 'requirements.txt': '-c limits.txt\ntally\n' }],
])('constraints from %s bound what is resolved', async (_, files) => {
  alone({ PIP_INDEX_URL: login() });
  expect(await built({ ...files, 'limits.txt': 'tally<=1\n' })).toEqual({ lock: locked() });
  expect((await built({ ...files, 'limits.txt': 'tally<1\n' })).error).toMatch(/tally/);
});

test('a variable is put into the login of a URL and nowhere else: not into its host, path or query', () => {
  const env = { USER_OF: 'me', TOKEN: 'Xk4geheim9f' };
  const at = (url: string): string | undefined => withIndexes(env, { indexes: [{ url, isDefault: false }], links: [] })['UV_INDEX'];
  expect(at('https://${USER_OF}:${TOKEN}@index.example/simple')).toBe('https://me:Xk4geheim9f@index.example/simple');
  expect(at('https://$USER_OF:$TOKEN@index.example/simple')).toBe('https://me:Xk4geheim9f@index.example/simple');
  expect(at('https://${UNSET}@index.example/simple')).toBe('https://${UNSET}@index.example/simple');
  for (const url of [
    'https://${TOKEN}.index.example/simple',
    'https://index.example/${TOKEN}/simple',
    'https://index.example/simple?t=${TOKEN}',
    'https://index.example/@${TOKEN}@/',
  ])
    expect(at(url)).toBe(url);
});

test.each([
  '--extra-index-url https://index.example/${SOME_SECRET}/simple',
  '-i https://${SOME_SECRET}.index.example/simple',
  '--find-links=https://index.example/?q=${SOME_SECRET}',
  'tally @ https://index.example/${SOME_SECRET}/tally-1.0.0-py3-none-any.whl',
  '--index-url https://user@index.example/${SOME_SECRET}/simple',
])('a requirements file that would send a variable of this machine away is refused at its line: %s', async (line) => {
  alone({ SOME_SECRET: 'Xk4geheim9f' });
  const { error } = await built({ 'requirements.txt': `# ours ${'$'}{SOME_SECRET}\n${line}\ntally==1.0.0\n` });
  expect(error).toMatch(/^requirements\.txt:2: `\$\{SOME_SECRET\}` would be sent/);
  expect(error).not.toContain('Xk4geheim9f');
  const hashed = await built({
    'requirements.txt': `${locked()}${line.startsWith('tally') ? `${line} --hash=sha256:${index.sha256}` : line}\n`,
  });
  expect(hashed.error).toMatch(/^requirements\.txt:3: /);
});
