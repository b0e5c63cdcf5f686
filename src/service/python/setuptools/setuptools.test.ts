import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { memoryFiles } from '../../../base/index.ts';
import { diskFiles } from '../../../base/node.ts';
import { readService, type ReadOptions } from '../../read-service.ts';

async function read(files: Readonly<Record<string, string>>, dependencies?: ReadOptions['dependencies']) {
  const { name, version, python, problems } = await readService(memoryFiles({ 'main.py': 'print(1)\n', ...files }), {
    folderName: 'f',
    dependencies,
  });
  const source = python.dependencies?.value;
  return {
    name: name.value,
    version: version?.value,
    requires: python.requires?.value,
    requirements: source?.kind === 'setuptools' ? source.requirements : source?.kind,
    places: python.requirements.map(({ because: [at] }) =>
      at.from === 'file' ? `${at.file}:${at.range.start.line}: ${at.text}` : at.from,
    ),
    offered: python.offered?.extras ?? [],
    problems: problems.map((p) => `${p.at.file}:${p.at.line}: ${p.what}`),
  };
}

test('setup.py is read through names, sums, additions and dictionaries', async () => {
  const setup = `import os
from setuptools import setup, find_packages

BASE = ["flask>=3", 'click']
BASE += ["waitress"]
BASE.append("tomli ; python_version < '3.11'")
EXTRAS = {"db": ["psycopg[binary]"], ":sys_platform == 'linux'": ["uvloop"], "mail": BASE + ["aiosmtpd"]}

settings = dict(python_requires=">=3.11", install_requires=BASE + ["orjson"])
setup(name="My_Shop", version="1" + ".2", packages=find_packages(), extras_require=EXTRAS, **settings)
`;
  expect(await read({ 'setup.py': setup })).toMatchObject({
    name: 'my-shop',
    version: '1.2',
    requires: '>=3.11',
    requirements: ['flask>=3', 'click', 'waitress', "tomli ; python_version < '3.11'", 'orjson', "uvloop ; sys_platform == 'linux'"],
    offered: ['db', 'mail'],
    problems: [],
  });
});

test('what would have to be run is said with its line', async () => {
  const setup = `from setuptools import setup
import subprocess
deps = ["flask"]
if subprocess.call("x"):
    deps.append("gevent")
setup(
    install_requires=deps + list_of("x"),
)
`;
  expect((await read({ 'setup.py': setup })).problems).toEqual([
    'setup.py:7: a part of install_requires is made by `deps`, which would have to be run',
    'setup.py:7: a part of install_requires is made by `list_of("x")`, which would have to be run',
  ]);
});

const CFG = `[metadata]
name = orders
version = attr: orders.__version__
description = Orders
  that are kept

[options]
python_requires = >=3.11, <3.14
packages = find:
# a comment
install_requires =
    flask>=3
    ; another
    click >= 8 ; python_version < "3.14"

[options.extras_require]
web = gunicorn; gevent>=24
tests: pytest
`;

test('setup.cfg is read as configparser reads it, and is stronger than setup.py', async () => {
  const files = { 'setup.cfg': CFG, 'setup.py': 'from setuptools import setup\nsetup(name="other", install_requires=["django"])\n' };
  expect(await read(files, { extras: ['web'] })).toEqual({
    name: 'orders',
    version: undefined,
    requires: '>=3.11, <3.14',
    requirements: ['flask>=3', 'click >= 8 ; python_version < "3.14"', 'gunicorn', 'gevent>=24'],
    places: [
      'setup.cfg:12: flask>=3',
      'setup.cfg:14: click >= 8 ; python_version < "3.14"',
      'setup.cfg:17: gunicorn',
      'setup.cfg:17: gevent>=24',
    ],
    offered: ['tests', 'web'],
    problems: [],
  });
});

test('requirements that setup.py or setup.cfg takes from a file are those of the file', async () => {
  const setup = `from setuptools import setup

def lines(path):
    with open(path) as f:
        return [l.strip() for l in f]

setup(install_requires=lines("requirements/base.txt"))
`;
  expect(await read({ 'setup.py': setup, 'requirements/base.txt': 'flask==3.1.0\n' })).toMatchObject({
    requirements: 'requirements',
    problems: [],
  });
  expect(await read({ 'setup.cfg': '[options]\ninstall_requires = file: deps.in\n', 'deps.in': 'flask\n' })).toMatchObject({
    requirements: 'requirements',
    places: ['deps.in:1: flask'],
  });
});

test('a pyproject.toml that only names the builder leaves setup.cfg to say what is needed', async () => {
  const files = { 'setup.cfg': CFG, 'pyproject.toml': '[build-system]\nrequires = ["setuptools"]\n' };
  expect((await read(files)).requirements).toEqual(['flask>=3', 'click >= 8 ; python_version < "3.14"']);
});

/** `requires.txt` is what `python setup.py egg_info` writes: `[extra:marker]`, then requirements. */
test.each(['python-setup-py', 'python-setup-cfg'])('%s needs what setuptools itself says it needs', async (name) => {
  const folder = join(import.meta.dirname, '../../../../fixtures', name);
  const sections = readFileSync(join(folder, 'requires.txt'), 'utf8').trim().split(/\n\n/);
  const expected = sections.flatMap((section) => {
    const [, extra, marker] = /^\[([^:\]]*):?([^\]]*)\]/.exec(section) ?? [];
    const lines = section.split('\n').filter((line) => !line.startsWith('['));
    return lines.map(
      (line) =>
        `${extra === undefined || extra === '' ? '' : `${extra}: `}${line}${marker === undefined || marker === '' ? '' : `;${marker}`}`,
    );
  });
  const service = (extras: readonly string[]) =>
    diskFiles(join(folder, 'service')).then((files) => readService(files, { folderName: name, dependencies: { extras } }));
  const bare = await service([]);
  const lines = (found: typeof bare): string[] =>
    found.python.requirements.map(
      ({ value: v }) =>
        `${v.name}${v.extras.length > 0 ? `[${v.extras.join(',')}]` : ''}${v.specifier}${v.marker === undefined ? '' : `;${v.marker}`}`,
    );
  const found = [...lines(bare)];
  for (const extra of bare.python.offered?.extras ?? [])
    found.push(
      ...lines(await service([extra]))
        .filter((l) => !lines(bare).includes(l))
        .map((l) => `${extra}: ${l}`),
    );
  // Clauses in whatever order, quotes of whatever kind.
  const plain = (text: string): string =>
    text.replaceAll(/[\s"']/g, '').replace(/[<>=!~][^;]*/, (clauses) => clauses.split(',').toSorted().join(','));
  expect(found.map(plain).toSorted()).toEqual(expected.map(plain).toSorted());
});
