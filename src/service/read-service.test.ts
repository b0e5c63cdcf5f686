import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryFiles, UserError } from '../base/index.ts';
import { diskFiles } from '../base/node.ts';
import { readService } from './index.ts';
import { MAX_TEXT_BYTES } from './repository.ts';

const read = (contents: Record<string, string | Uint8Array>, entry?: string) =>
  readService(memoryFiles(contents), { folderName: 'My Shop!', ...(entry === undefined ? {} : { entry }) });
const APP = 'from fastapi import FastAPI\n\napp = FastAPI()\n';

test('an empty folder is a request that is wrong', async () => {
  await expect(read({})).rejects.toMatchObject({ name: 'UserError', message: 'the folder is empty' });
});

test('a folder without Python is a request that is wrong', async () => {
  await expect(read({ 'index.html': '<p>' })).rejects.toBeInstanceOf(UserError);
});

test("the folder's name becomes a DNS label", async () => {
  expect((await read({ 'main.py': APP })).name).toMatchObject({ value: 'my-shop', confidence: 'guess' });
});

test('two equally good applications leave the choice open; --entry makes it', async () => {
  const files = { 'a/main.py': APP, 'b/main.py': APP };
  expect(await read(files)).toMatchObject({ applications: [{ value: { module: 'a.main' } }, { value: { module: 'b.main' } }] });
  expect(await read(files)).not.toHaveProperty('application');
  const chosen = await read(files, 'b.main:app');
  expect(chosen.application?.value).toMatchObject({ kind: 'asgi', module: 'b.main', object: 'app' });
  expect(chosen.application?.because[0]).toEqual({ from: 'flag', name: '--entry b.main:app' });
});

test('a Procfile makes it too', async () => {
  const found = await read({ 'a/main.py': APP, 'b/main.py': APP, Procfile: 'web: uvicorn --port $PORT b.main:app\n' });
  expect(found.application?.value).toMatchObject({ module: 'b.main' });
});

test.each([
  ['flask', 'from flask import Flask\n\ndef create_app(config):\n    return Flask(config)\n', 'create_app("x").run()'],
  ['flask', 'from flask import Flask\n\nclass Shop(Flask):\n    pass\n', 'Shop("x").run()'],
  ['fastapi', `import uvicorn\n${APP}`, 'uvicorn.run(app)'],
  ['starlette', 'import uvicorn\nfrom starlette.applications import Starlette\n', 'uvicorn.run(Starlette())'],
  ['django', 'from django.core.management import execute_from_command_line\n', 'execute_from_command_line()'],
  ['script', 'import socketserver\n', 'socketserver.TCPServer(("", 7000), None).serve_forever()'],
])('a program that serves %s itself is told by what it makes: %j', async (framework, made, serves) => {
  const file = `${made}\nif __name__ == "__main__":\n    ${serves}\n`;
  const found = await read({ 'src/__init__.py': '', 'src/app.py': file, Procfile: 'web: python -m src.app\n' });
  expect(found.application?.value).toMatchObject({ kind: 'module', module: 'src.app' });
  expect(found.framework?.value).toBe(framework);
});

test('a program is of the framework that a module it imports makes', async () => {
  const files = {
    'web.py': 'from flask import Flask\n\ndef make(name):\n    return Flask(name)\n',
    'serve.py': 'import web\n\nweb.make("x").run()\n',
  };
  expect((await read(files, 'serve.py')).framework).toMatchObject({
    value: 'flask',
    because: [{ file: 'serve.py', text: 'web.make("x")' }],
  });
});

/** How the fixture's readers differ: what each needs, and what stands for a missing value. */
test.each([
  ['PORT', { type: 'integer', required: false, default: '5000' }],
  ['THREADS', { type: 'integer', required: false, default: '4' }],
  ['REGION', { required: true }],
  ['QUEUE', { required: false, default: 'events' }],
  ['TRACING', { required: false, default: 'False', type: 'boolean' }],
  ['API_TOKEN', { required: true, secret: true }],
  ['SHOP_NAME', { required: false, default: 'shop' }],
  ['SHOP_MOTTO', { required: false, default: '' }],
  ['TIMEOUT', { required: false, default: '2.5', type: 'number' }],
  ['ZONE', { required: false, default: 'a' }],
  ['PROXY_URL', { required: false }],
  ['ALPHA', { required: true }],
  ['BETA', { required: true }],
  ['GREETING', { required: false, default: 'hello', when: 'handler' }],
])("%s, read by a function of the service's own, is %j", async (name, expected) => {
  const folder = join(import.meta.dirname, '../../fixtures/python-environment-helpers/service');
  const { environment } = await readService(await diskFiles(folder), { folderName: 'shop' });
  const found = environment.find((v) => v.name === name);
  expect(found).toMatchObject(expected);
  if (!('default' in expected)) expect(found).not.toHaveProperty('default');
});

test.each([
  [
    'a method by self',
    'class Settings:\n    def __init__(self):\n        self.port = self._get("PORT", "80")\n\n    def _get(self, name, default):\n        return os.environ.get(name, default)\n\nsettings = Settings()\n',
    { name: 'PORT', default: '80', required: false },
  ],
  [
    'a function that asks one which raises',
    'def need(name):\n    if name not in os.environ:\n        raise KeyError(name)\n    return os.environ[name]\n\ndef need_int(name):\n    return int(need(name))\n\nSIZE = need_int("SIZE")\n',
    { name: 'SIZE', type: 'integer', required: true },
  ],
  [
    'a name that is given another value before it is returned',
    'def env(name, default):\n    value = os.getenv(name)\n    if not value:\n        value = default\n    return value\n\nSIZE = env("SIZE", "4")\n',
    { name: 'SIZE', default: '4', required: false },
  ],
  [
    'a function whose tests cannot be told',
    'import random\n\ndef env(name, default="x"):\n    value = os.getenv(name, default)\n    if random.random() > 0.5:\n        value = "y"\n    return value\n\nSIZE = env("SIZE", "4")\n',
    { name: 'SIZE', default: '4', required: false },
  ],
  [
    'what the caller demands of it',
    'def env(name):\n    return os.getenv(name)\n\nSIZE = env("SIZE")\nif not SIZE:\n    raise SystemExit("SIZE")\n',
    { name: 'SIZE', required: true },
  ],
])('a variable is read through %s', async (_, source, expected) => {
  const found = await read({ 'main.py': `import os\n${APP}${source}` });
  expect(found.environment).toMatchObject([expected]);
});

test('functions that call one another are followed to an end', async () => {
  const around = 'import os\n\ndef a(name):\n    return b(name) or os.getenv(name)\n\ndef b(name):\n    return a(name)\n\na("DEEP")\n';
  expect((await read({ 'main.py': `${APP}${around}` })).environment.map((v) => v.name)).toEqual(['DEEP']);
});

test('of two equal applications the one that imports the other is the service', async () => {
  const core = 'from flask import Flask\nfrom . import filters\n\napp = Flask(__name__)\n';
  const files = { 'web/__init__.py': '', 'web/core.py': core, 'web/filters.py': 'from flask import Flask\n\napp = Flask(__name__)\n' };
  expect((await read(files)).application?.value.file).toBe('web/core.py');
});

test('a manifest that would have to be executed is named, with the way out', async () => {
  const found = await read({ 'app.py': APP, 'setup.py': 'from setuptools import setup\nsetup(install_requires=made())\n' });
  expect(found.problems).toMatchObject([{ at: { file: 'setup.py' }, hint: expect.stringContaining('uv pip compile') }]);
});

test('--entry takes a file, a module and a name that no reader found', async () => {
  const files = { 'main.py': APP, 'tool/__main__.py': 'print(1)\n', 'odd.py': 'from x import make\n\nservice = make()\n' };
  expect((await read(files, 'odd.py')).application?.value).toEqual({ kind: 'script', file: 'odd.py' });
  expect((await read(files, '-m tool')).application?.value).toMatchObject({ kind: 'module', module: 'tool' });
  expect((await read(files, 'odd:service')).application?.value).toMatchObject({ module: 'odd', object: 'service' });
});

test('--entry that names nothing says what there is', async () => {
  await expect(read({ 'main.py': APP }, 'main:application')).rejects.toMatchObject({
    name: 'UserError',
    hint: expect.stringContaining('main:app'),
  });
});

test('code in tests, examples and virtual environments is not the service', async () => {
  const found = await read({
    'tests/app.py': APP,
    'env/pyvenv.cfg': '',
    'env/app.py': APP,
    'site-packages/x.py': APP,
    'examples/app.py': APP,
    'app.py': APP,
  });
  expect(found.applications.map((a) => a.value.file)).toEqual(['app.py', 'examples/app.py']);
  expect(found.application?.value.file).toBe('app.py');
});

test('an application that another one mounts is a part of it', async () => {
  const main = 'from fastapi import FastAPI\n\napp = FastAPI()\nadmin = FastAPI()\napp.mount("/admin", admin)\n';
  expect((await read({ 'main.py': main })).applications.map((a) => a.value)).toMatchObject([{ object: 'app' }]);
});

test('a symbolic link out of the folder is a problem, and is not followed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-service-'));
  try {
    await writeFile(join(folder, 'app.py'), APP);
    await symlink('/etc/hostname', join(folder, 'requirements.txt'));
    const found = await readService(await diskFiles(folder), { folderName: 'x' });
    expect(found.problems).toMatchObject([{ at: { file: 'requirements.txt' }, what: expect.stringContaining('outside of the folder') }]);
    expect(found.python.requirements).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a file that is binary or too large is a problem, not a crash', async () => {
  const found = await read({ 'app.py': APP, 'blob.py': new Uint8Array([0, 1, 2]), 'huge.py': new Uint8Array(MAX_TEXT_BYTES + 1).fill(32) });
  expect(found.problems.map((p) => p.at.file)).toEqual(['blob.py', 'huge.py']);
});

test('requirements in UTF-16, as PowerShell writes them, are read', async () => {
  const text = 'flask==3.1.0\r\n';
  const bytes = new Uint8Array([0xff, 0xfe, ...[...text].flatMap((c) => [c.charCodeAt(0), 0])]);
  expect((await read({ 'app.py': APP, 'requirements.txt': bytes })).python.requirements.map((r) => r.value)).toMatchObject([
    { name: 'flask', specifier: '==3.1.0' },
  ]);
});

test('files that include each other end', async () => {
  const found = await read({
    'app.py': APP,
    'requirements.txt': '-r b.txt\nflask==3.1.0\n',
    'b.txt': '-r requirements.txt\ngunicorn==23.0.0\n',
  });
  expect(found.python.requirements.map((r) => r.value.name)).toEqual(['gunicorn', 'flask']);
});

test('modules and names that refer to each other end', async () => {
  const a = 'from b import X\nfrom fastapi import FastAPI\nY = X\napp = FastAPI()\nopen(Y, "w")\n';
  expect((await read({ 'a.py': a, 'b.py': 'from a import Y\nX = Y\n' })).writes).toEqual([]);
});

test('nothing in any file makes the reader throw', async () => {
  const pieces = fc.constantFrom(
    'import os\n',
    'os.environ["A"]',
    'class ',
    'def f(',
    '[project]\n',
    'name = "',
    '"""',
    '-r ',
    '-c x\n',
    'web: ',
    "'",
    '\\\n',
    ': ',
    '{',
    '@app.get(',
    '\0',
    '\r',
    '\ud800',
    '==1',
    ' ; ',
  );
  const text = fc.array(fc.oneof(pieces, fc.string()), { maxLength: 12 }).map((parts) => parts.join(''));
  const names = [
    'requirements.txt',
    'pyproject.toml',
    'uv.lock',
    'poetry.lock',
    'Procfile',
    '.env.example',
    'compose.yaml',
    '.python-version',
    'runtime.txt',
    '.tool-versions',
    'gunicorn.conf.py',
    'main.py',
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), text, async (name, content) => {
      const found = await read({ 'app.py': `${APP}import main\n`, [name]: content });
      expect(found.application?.value.file).toBeDefined();
    }),
    { numRuns: 120 },
  );
});
