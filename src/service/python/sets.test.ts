import { expect, test } from 'vitest';
import { cite, memoryFiles, UserError } from '../../base/index.ts';
import { readService, type ReadOptions } from '../read-service.ts';

const PYPROJECT = `[project]
name = "shop"
version = "1"
dependencies = ["fastapi"]

[project.optional-dependencies]
web = ["uvicorn"]
dev = ["pytest"]

[dependency-groups]
prod = ["orjson"]
docs = ["sphinx"]
`;
const MAIN = 'from fastapi import FastAPI\n\napp = FastAPI()\n';

async function setsOf(files: Readonly<Record<string, string>>, dependencies?: ReadOptions['dependencies']) {
  const service = await readService(memoryFiles({ 'pyproject.toml': PYPROJECT, 'main.py': MAIN, ...files }), {
    folderName: 'shop',
    dependencies,
  });
  const { sets, requirements } = service.python;
  const names = requirements.map((r) => r.value.name);
  return { ...sets?.value, because: sets && cite(sets.because[0]), names, problems: service.problems.map((p) => p.what) };
}

test('without a command the main dependencies are all', async () => {
  expect(await setsOf({})).toEqual({ because: undefined, names: ['fastapi'], problems: [] });
});

test('a Dockerfile is believed before a README, and a README before a pipeline', async () => {
  const files = {
    Dockerfile: 'FROM python:3.13\nRUN pip install .[web]\n',
    'README.md': '    uv sync --group prod\n',
    '.github/workflows/ci.yml': 'jobs:\n  a:\n    steps:\n      - run: uv sync --extra web --group prod\n',
  };
  expect(await setsOf(files)).toMatchObject({ extras: ['web'], groups: [], names: ['fastapi', 'uvicorn'] });
  expect(await setsOf({ ...files, Dockerfile: '' })).toMatchObject({ groups: ['prod'], because: 'README.md:1: uv sync --group prod' });
  expect((await setsOf({ '.github/workflows/ci.yml': files['.github/workflows/ci.yml'] })).names).toEqual(['fastapi', 'uvicorn', 'orjson']);
});

test('what only developers need is never installed unasked, whatever a command says', async () => {
  const all = await setsOf({ Dockerfile: 'FROM python\nRUN uv sync --all-extras --all-groups\n' });
  expect(all).toMatchObject({ extras: ['web'] });
  expect((await setsOf({ Dockerfile: 'FROM python\nRUN uv sync --all-groups\n' })).groups).toEqual(['prod']);
  expect((await setsOf({ Makefile: 'test:\n\tpip install -e .[dev]\n' })).names).toEqual(['fastapi']);
  expect((await setsOf({}, { extras: ['dev'] })).names).toEqual(['fastapi', 'pytest']);
});

test("uv's default groups count, but for those of developers", async () => {
  const files = { 'pyproject.toml': `${PYPROJECT}\n[tool.uv]\ndefault-groups = ["prod", "docs"]\n` };
  expect(await setsOf(files)).toMatchObject({ groups: ['prod'], because: 'pyproject.toml:15: default-groups = ["prod", "docs"]' });
});

test('what a command names and nobody declares is said, with its place', async () => {
  expect((await setsOf({ Dockerfile: 'FROM python\nRUN uv sync --extra wbe\n' })).problems).toEqual([
    'installs `wbe`, which is no extra and no group of the dependencies',
  ]);
});

test('plimsoll.yaml decides, and what it names must be there', async () => {
  const dockerfile = { Dockerfile: 'FROM python\nRUN uv sync --extra web\n' };
  expect(await setsOf(dockerfile, { groups: ['prod'] })).toMatchObject({
    extras: [],
    groups: ['prod'],
    because: 'plimsoll.yaml: dependencies',
  });
  const wrong = await setsOf({}, { extras: ['wbe'] }).catch((error: unknown) => error);
  expect(wrong).toBeInstanceOf(UserError);
  expect(wrong).toMatchObject({ message: 'the dependencies have no extra `wbe`', hint: 'did you mean `web`?' });
});

test('a Dockerfile that Plimsoll wrote is no evidence', async () => {
  const files = { Dockerfile: 'FROM python\nRUN uv sync --extra web\n', '.plimsoll-written.json': '{}' };
  expect((await setsOf(files)).names).toEqual(['fastapi']);
});

test('of several requirements files the one that the Dockerfile installs is production’s', async () => {
  const files = { 'pyproject.toml': '', 'requirements/base.txt': 'fastapi\n', 'requirements/server.txt': '-r base.txt\nuvicorn\n' };
  expect((await setsOf(files)).names).toEqual(['fastapi']);
  const install = 'FROM python\nCOPY requirements /tmp/requirements\nRUN pip install -r /tmp/requirements/server.txt\n';
  expect((await setsOf({ ...files, Dockerfile: install })).names).toEqual(['fastapi', 'uvicorn']);
  expect((await setsOf({ ...files, Dockerfile: install }, { file: 'requirements/base.txt' })).names).toEqual(['fastapi']);
});

test.each([
  [
    'FROM python\nCOPY . .\nRUN pip install -c limits.txt -r requirements.txt\n',
    'Dockerfile:3: pip install -c limits.txt -r requirements.txt',
  ],
  [
    'FROM python\nENV PIP_NO_CACHE_DIR=1 PIP_CONSTRAINT=/app/limits.txt\nRUN pip install -r requirements.txt\n',
    'Dockerfile:2: ENV PIP_NO_CACHE_DIR=1 PIP_CONSTRAINT=/app/limits.txt',
  ],
])('constraints that a Dockerfile installs with are those of the service', async (dockerfile, because) => {
  const files = { Dockerfile: dockerfile, 'requirements.txt': 'fastapi\n', 'limits.txt': 'fastapi<1\n', 'main.py': MAIN };
  const { constraints } = (await readService(memoryFiles(files), { folderName: 'shop' })).python;
  expect(constraints?.value).toEqual(['limits.txt']);
  expect(constraints && cite(constraints.because[0])).toBe(because);
});
