import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { memoryFiles } from '../../../base/index.ts';
import { needsOf, withoutLocal } from '../python/local.ts';
import { buildSystemOf } from './build-system.ts';
import { sourceTree } from './source-tree.ts';
import { readWheel } from './wheel.ts';

const wheel = (metadata: string): Uint8Array =>
  zipSync({ 'lib-1.dist-info/METADATA': new TextEncoder().encode(metadata), 'lib.py': new Uint8Array() });

const LIB = { name: 'lib', folder: 'lib' };

test('a wheel says what it needs, and for which extra', () => {
  const metadata =
    'Metadata-Version: 2.4\nName: lib\nRequires-Dist: idna>=3\nRequires-Dist: tomli; python_version < "3.11"\nRequires-Dist: rich; extra == "fancy"\n\nRequires-Dist: prose\n';
  expect(readWheel('lib-1-py3-none-any.whl', wheel(metadata), LIB).requires).toEqual([
    'idna>=3',
    'tomli; python_version < "3.11"',
    'rich; extra == "fancy"',
  ]);
});

test('a wheel with compiled parts is refused, with a way out', () => {
  expect(() => readWheel('lib-1-cp313-cp313-linux_x86_64.whl', wheel(''), { name: 'lib', folder: '../lib' })).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('has compiled parts'),
      hint: expect.stringContaining('--engine buildkit'),
      at: { file: '../lib/pyproject.toml' },
    }),
  );
});

test.each(['../../lib-1-py3-none-any.whl', '/tmp/lib-1-py3-none-any.whl', 'lib-1-py3-none-any.whl --no-index', 'lib\n-e x-none-any.whl'])(
  'a name that is no wheel’s is refused: %s',
  (file) => {
    expect(() => readWheel(file, wheel('Name: lib\n'), LIB)).toThrow(/is no name of one/);
  },
);

test('a wheel that is no archive is an error at its package', () => {
  for (const bytes of [new Uint8Array(), Buffer.from('not a zip'), wheel('Name: lib\n').subarray(0, 60)])
    expect(() => readWheel('lib-1-py3-none-any.whl', bytes, LIB)).toThrow(
      expect.objectContaining({ name: 'UserError', at: { file: 'lib/pyproject.toml' } }),
    );
});

test.each([
  ['[build-system', 1],
  ['[project]\nname = "lib"\n[build-system]\nrequires = "hatchling"\n', 4],
  ['[build-system]\nrequires = [3]\n', 2],
  ['[build-system]\nrequires = []\nbuild-backend = 3\n', 3],
  ['[build-system]\nrequires = []\nbackend-path = "."\n', 3],
  ['build-system = "x"\n', 1],
])('a build system that is none is an error at its line: %j', (manifest, line) => {
  expect(() => buildSystemOf(manifest, { name: 'lib', folder: '../lib' })).toThrow(
    expect.objectContaining({ name: 'UserError', at: expect.objectContaining({ file: '../lib/pyproject.toml', line }) }),
  );
});

test('a build system from elsewhere is an error where it is asked for', () => {
  const at = { file: 'requirements.txt', line: 3 };
  expect(() => buildSystemOf('[build-system', { name: 'lib', folder: '', remote: { url: 'git+file:///lib', at } })).toThrow(
    expect.objectContaining({ message: expect.stringContaining('in the pyproject.toml of `lib`: invalid TOML'), at }),
  );
});

test('without a build system setuptools builds, as PEP 517 has it', () => {
  const legacy = { requires: ['setuptools>=40.8.0'], backend: 'setuptools.build_meta:__legacy__', backendPath: [] };
  expect(buildSystemOf(undefined, LIB)).toEqual(legacy);
  expect(buildSystemOf('[project]\nname = "lib"\n', LIB)).toEqual(legacy);
  expect(buildSystemOf('[build-system]\nrequires = []\nbuild-backend = "back"\nbackend-path = ["."]\n', LIB)).toEqual({
    requires: [],
    backend: 'back',
    backendPath: ['.'],
  });
});

test('what earlier builds left is no source, and changes nothing', async () => {
  const sources = { 'pyproject.toml': '[project]\n', 'src/lib/__init__.py': 'x = 1\n' };
  const left = { 'build/lib/old.py': '', 'dist/lib-1.whl': '', 'src/lib.egg-info/SOURCES.txt': '', 'src/lib/__pycache__/a.pyc': '' };
  const clean = await sourceTree('lib', memoryFiles(below('lib', sources)));
  expect((await sourceTree('lib', memoryFiles(below('lib', { ...sources, ...left })))).key).toBe(clean.key);
  expect((await sourceTree('lib', memoryFiles(below('lib', { ...sources, 'src/lib/__init__.py': 'x = 2\n' })))).key).not.toBe(clean.key);
});

const below = (folder: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));

test('packages need what their extras need that are asked for, by whomever', () => {
  const lib = {
    name: 'lib',
    extras: ['all'],
    requires: [
      'idna>=3',
      'rich; extra == "fancy"',
      'tomli ; (python_version < "3.11") and extra == \'Fast_IO\'',
      'other @ https://host.example/other-1-py3-none-any.whl ; extra == "fast-io"',
      'lib[fancy,Fast.IO]; extra == "all"',
      'base[deep]; extra == "fancy"',
      'pytest; extra == "test"',
    ],
  };
  const base = { name: 'base', extras: [], requires: ['click; extra == "deep"', 'h11; extra == "wide"'] };
  expect(needsOf([base, lib])).toEqual([
    'click',
    'idna>=3',
    'rich',
    'tomli; python_version < "3.11"',
    'other @ https://host.example/other-1-py3-none-any.whl',
  ]);
  expect(needsOf([{ ...lib, extras: [] }, base])).toEqual(['idna>=3']);
});

test('lines that name a folder are left out of what uv resolves, and no others', () => {
  const kept = [
    'h11==0.16.0 \\',
    '    --hash=sha256:00',
    'a @ https://index.example/a.whl',
    '--index-url https://index.example/simple',
    '# ./comment',
  ];
  const local = [
    '-e ../lib',
    '--editable=./lib',
    '-e "./lib"',
    "--editable='./my lib'",
    './lib[fast]',
    'libs/common',
    'lib @ file:../lib',
    '-e ./libs/common ; python_version > "3"',
  ];
  expect(withoutLocal([...kept, ...local].join('\n'))).toBe(kept.join('\n'));
});
