import { describe, expect, test } from 'vitest';
import { filesSeen, memoryFiles, type Files } from '../../../base/index.ts';
import { readService, workspaceMembers } from '../../index.ts';

const LIB = { 'lib/pyproject.toml': '[project]\nname = "My.Lib"\nversion = "1"\ndependencies = ["click>=8"]\n' };
const APP = 'if __name__ == "__main__":\n    import http.server\n    http.server.HTTPServer(("", 8000), None).serve_forever()\n';

/** A repository with a service in `app/`. */
async function read(files: Readonly<Record<string, string>>) {
  const whole = memoryFiles({ 'app/main.py': APP, ...files });
  const inside = await filesSeen(whole, 'app');
  if (!inside) throw new Error('no app');
  const folder = async (path: string): Promise<Files> => {
    const found = await filesSeen(whole, path);
    return found ?? Promise.reject(new Error(path));
  };
  const service = await readService({ ...inside, around: { at: 'app', folder } }, { folderName: 'app' });
  const { local = [], requirements } = service.python;
  return { local: local.map(({ value }) => value), requirements: requirements.map(({ value }) => value.name), service };
}

const myLib = { name: 'my-lib', folder: '../lib' };
const manifest = '[project]\nname = "app"\nversion = "1"\ndependencies = ["h11", "my-lib"]\n';

describe('a package of the repository is known from', () => {
  test('a requirements file, by its own name', async () => {
    const { local, requirements } = await read({ ...LIB, 'app/requirements.txt': 'h11==0.16.0\n-e ../lib[fast]\n' });
    expect(local).toEqual([{ ...myLib, extras: ['fast'] }]);
    expect(requirements).toEqual(['h11', 'click']);
  });

  test.each(['-e "../lib"', "--editable='../lib'", '-e "../lib[fast]" # for now', '-e \'../\'"lib"'])(
    'a requirements file that quotes it: %s',
    async (line) => {
      const { local } = await read({ ...LIB, 'app/requirements.txt': `h11==0.16.0\n${line}\n` });
      expect(local.map(({ name, folder }) => ({ name, folder }))).toEqual([myLib]);
    },
  );

  test('a requirements file that quotes it because of a blank', async () => {
    const files = { 'my lib/pyproject.toml': LIB['lib/pyproject.toml'], 'app/requirements.txt': '-e "../my lib"\n' };
    expect((await read(files)).local).toEqual([{ name: 'my-lib', folder: '../my lib' }]);
  });

  test('a requirement with the address of a file', async () => {
    expect((await read({ ...LIB, 'app/requirements.txt': 'my-lib @ file:../lib\n' })).local).toEqual([myLib]);
  });

  test('uv’s sources, and so does what it needs in its turn', async () => {
    const base = '[project]\nname = "base"\nversion = "1"\n';
    const lib = `${LIB['lib/pyproject.toml'].replace('["click>=8"]', '["click>=8", "base"]')}\n[tool.uv.sources]\nbase = { path = "../base" }\n`;
    const app = `${manifest}\n[tool.uv.sources]\nmy-lib = { path = "../lib" }\nunused = { path = "../nowhere" }\n`;
    const { local } = await read({ 'lib/pyproject.toml': lib, 'base/pyproject.toml': base, 'app/pyproject.toml': app });
    expect(local).toEqual([myLib, { name: 'base', folder: '../base' }]);
  });

  test('Poetry’s dependencies', async () => {
    const app =
      '[tool.poetry]\nname = "app"\nversion = "1"\n[tool.poetry.dependencies]\npython = "^3.11"\nmy-lib = { path = "../lib", develop = true }\n';
    expect((await read({ ...LIB, 'app/pyproject.toml': app })).local).toEqual([myLib]);
  });

  test('poetry.lock, of its main group alone', async () => {
    const locked = (name: string, group: string) =>
      `[[package]]\nname = "${name}"\nversion = "1"\ngroups = ["${group}"]\nfiles = []\n[package.source]\ntype = "directory"\nurl = "../lib"\n`;
    const app = '[tool.poetry]\nname = "app"\nversion = "1"\n[tool.poetry.dependencies]\npython = "^3.11"\nmy-lib = { path = "../lib" }\n';
    const lock = `${locked('My.Lib', 'main')}${locked('tool', 'dev')}[metadata]\npython-versions = "^3.11"\n`;
    expect((await read({ ...LIB, 'app/pyproject.toml': app, 'app/poetry.lock': lock })).local).toEqual([myLib]);
  });

  test('pdm.lock', async () => {
    const lock = '[[package]]\nname = "my-lib"\nversion = "1"\npath = "../lib"\ngroups = ["default"]\n';
    expect((await read({ ...LIB, 'app/pyproject.toml': manifest, 'app/pdm.lock': lock })).local).toEqual([myLib]);
  });

  test('Pipfile.lock', async () => {
    const lock = JSON.stringify({ _meta: {}, default: { 'my-lib': { editable: true, path: '../lib' } } });
    expect((await read({ ...LIB, 'app/Pipfile': '', 'app/Pipfile.lock': lock })).local).toEqual([myLib]);
  });

  test('pylock.toml', async () => {
    const lock = 'lock-version = "1.0"\n[[packages]]\nname = "my-lib"\n[packages.directory]\npath = "../lib"\n';
    expect((await read({ ...LIB, 'app/pylock.toml': lock })).local).toEqual([myLib]);
  });
});

describe('the extras that a package of the repository is asked for', () => {
  const lib = `${LIB['lib/pyproject.toml']}[project.optional-dependencies]
fast = ["uvloop", "base[deep]"]
all = ["my.lib[fast]"]
other = ["unwanted"]
[tool.uv.sources]
base = { path = "../base" }
`;
  const base = '[project]\nname = "base"\nversion = "1"\noptional-dependencies = { deep = ["brotli"] }\n';
  const files = { 'lib/pyproject.toml': lib, 'base/pyproject.toml': base };
  const needed = ['uvloop', 'base', 'brotli'];

  test.each([
    ['an editable one in a requirements file', { 'app/requirements.txt': '-e ../lib[all]\n' }],
    ['one with the address of a file', { 'app/requirements.txt': 'my-lib[all] @ file:../lib\n' }],
    [
      'uv’s sources',
      { 'app/pyproject.toml': `${manifest.replace('"my-lib"', '"my-lib[all]"')}\n[tool.uv.sources]\nmy-lib = { path = "../lib" }\n` },
    ],
    [
      'Poetry’s dependencies',
      {
        'app/pyproject.toml':
          '[tool.poetry]\nname = "app"\nversion = "1"\n[tool.poetry.dependencies]\nmy-lib = { path = "../lib", extras = ["all"] }\n',
      },
    ],
  ])('count, in %s: its own and those of packages that these name', async (_, app) => {
    const { local, requirements } = await read({ ...files, ...app });
    expect(local).toEqual([
      { ...myLib, extras: ['all'] },
      { name: 'base', folder: '../base', extras: ['deep'] },
    ]);
    expect(requirements).toEqual(expect.arrayContaining(needed));
    expect(requirements).not.toContain('unwanted');
  });

  test('count where it is named twice', async () => {
    const { local } = await read({ ...files, 'app/requirements.txt': '-e ../lib\n-e ../lib[all]\n' });
    expect(local.map(({ extras }) => extras)).toEqual([['all'], ['deep']]);
  });

  test('count for the service itself', async () => {
    const app = manifest.replace(', "my-lib"', '') + '[project.optional-dependencies]\nprod = ["uvloop"]\n';
    const { local, requirements } = await read({ 'app/requirements.txt': 'idna\n-e .[prod]\n', 'app/pyproject.toml': app });
    expect(local).toEqual([{ name: 'app', folder: '', extras: ['prod'] }]);
    expect(requirements).toEqual(['idna', 'h11', 'uvloop']);
  });
});

test('a path that leads to no package is said, with its line', async () => {
  const { service } = await read({ 'app/requirements.txt': 'h11\n-e ../nowhere\n' });
  expect(service.problems).toEqual([expect.objectContaining({ at: { file: 'requirements.txt', line: 2, column: 1 }, fatal: true })]);
});

test('`-e .` alone is the service, which needs no second copy of itself', async () => {
  expect((await read({ 'app/requirements.txt': '-e .\n', 'app/pyproject.toml': manifest.replace(', "my-lib"', '') })).local).toEqual([]);
});

test('`-e .` among others is the service, with what its manifest names', async () => {
  const { local, requirements } = await read({
    'app/requirements.txt': 'idna\n-e .\n',
    'app/pyproject.toml': manifest.replace(', "my-lib"', ''),
  });
  expect(local).toEqual([{ name: 'app', folder: '' }]);
  expect(requirements).toEqual(['idna', 'h11']);
});

const WORKSPACE = `version = 1
requires-python = ">=3.11"
[manifest]
members = ["app", "lib", "base", "job"]
[[package]]
name = "app"
version = "1"
source = { virtual = "app" }
dependencies = [{ name = "lib" }]
[[package]]
name = "lib"
version = "1"
source = { editable = "lib" }
dependencies = [{ name = "base" }, { name = "click" }]
[[package]]
name = "base"
version = "1"
source = { editable = "base" }
[[package]]
name = "click"
version = "8"
source = { registry = "https://index.example/simple" }
[[package]]
name = "job"
version = "1"
source = { virtual = "job" }
`;

test('a member of a workspace has the lock above, and of the other members what it needs', async () => {
  const { local, service } = await read({ 'uv.lock': WORKSPACE, 'app/pyproject.toml': manifest.replace('"h11", "my-lib"', '"lib"') });
  expect(local).toEqual([
    { name: 'lib', folder: '../lib' },
    { name: 'base', folder: '../base' },
  ]);
  expect(service.python.dependencies?.value).toEqual({ kind: 'uv.lock', file: '../uv.lock', manifest: 'pyproject.toml', member: 'app' });
});

test('a member has those that extras and groups of others bring along', async () => {
  const lock = WORKSPACE.replace('dependencies = [{ name = "lib" }]', 'dependencies = [{ name = "lib", extra = ["fast"] }]').replace(
    'dependencies = [{ name = "base" }, { name = "click" }]',
    '[package.optional-dependencies]\nfast = [{ name = "base" }]\n',
  );
  const app = manifest.replace('"h11", "my-lib"', '"lib[fast]"');
  const { local } = await read({ 'uv.lock': lock, 'app/pyproject.toml': app });
  expect(local).toEqual([
    { name: 'lib', folder: '../lib', extras: ['fast'] },
    { name: 'base', folder: '../base' },
  ]);
  const without = await read({ 'uv.lock': lock.replace(', extra = ["fast"]', ''), 'app/pyproject.toml': app });
  expect(without.local).toEqual([{ name: 'lib', folder: '../lib' }]);
});

test('a lock above that does not name the folder is not its lock', async () => {
  const lock = WORKSPACE.replace('virtual = "app"', 'virtual = "other"');
  expect((await read({ 'uv.lock': lock, 'app/pyproject.toml': manifest })).service.python.dependencies?.value.kind).toBe('pyproject');
});

test('the members of a workspace are known by name', async () => {
  expect(await workspaceMembers(memoryFiles({ 'uv.lock': WORKSPACE }))).toEqual(
    ['app', 'lib', 'base', 'job'].map((name) => ({ name, folder: name })),
  );
});

describe('a service that is a package', () => {
  const project =
    '[project]\nname = "quotes"\nversion = "1"\n[project.scripts]\nquotes = "quotes.cli:main"\ntool = "quotes.tool:main"\n[build-system]\nrequires = []\nbuild-backend = "hatchling.build"\n';
  const cli =
    'import os\nimport http.server\n\ndef main():\n    os.environ["NEEDED"]\n    http.server.HTTPServer(("", 8000), None).serve_forever()\n';
  const own = (files: Readonly<Record<string, string>>, entry?: string) =>
    readService(
      memoryFiles({ 'pyproject.toml': project, 'src/quotes/__init__.py': '', 'src/quotes/tool.py': 'def main(): pass\n', ...files }),
      {
        folderName: 'x',
        ...(entry === undefined ? {} : { entry }),
      },
    );

  test('is started by its console script that serves', async () => {
    const found = await own({ 'src/quotes/cli.py': cli });
    expect(found.application?.value).toEqual({
      kind: 'console',
      script: 'quotes',
      module: 'quotes.cli',
      calls: 'main',
      file: 'src/quotes/cli.py',
    });
    expect(found.applications).toHaveLength(1);
    expect(found.environment).toEqual([expect.objectContaining({ name: 'NEEDED', when: 'start', required: true })]);
  });

  test('is started by one that does not, where somebody names it', async () => {
    expect((await own({ 'src/quotes/cli.py': cli }, 'tool')).application?.value).toMatchObject({ kind: 'console', script: 'tool' });
    expect((await own({ 'src/quotes/cli.py': cli, Procfile: 'web: tool --all\n' })).application?.value).toMatchObject({ script: 'tool' });
  });

  test('does not ask for itself where it has an answer to its absence', async () => {
    const text =
      'from importlib.metadata import PackageNotFoundError, version\ntry:\n    V = version("quotes")\nexcept PackageNotFoundError:\n    V = "0"\n';
    const found = await own({ 'src/quotes/__init__.py': text, 'src/quotes/cli.py': cli });
    expect(found.python.project?.value.asksForItself).toBeUndefined();
  });

  test.each([
    ['version("quotes")', true],
    ['version(__package__)', true],
    ['version("other")', undefined],
  ])('asks for itself with `%s`: %s', async (call, asks) => {
    const found = await own({
      'src/quotes/__init__.py': `from importlib.metadata import version\n__version__ = ${call}\n`,
      'src/quotes/cli.py': cli,
    });
    expect(found.python.project?.value.asksForItself).toBe(asks);
  });
});
