import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { memoryFiles } from '../../../base/index.ts';
import { withoutLocal } from '../python/local.ts';
import { buildSystemOf } from './build-system.ts';
import { sourceTree } from './source-tree.ts';
import { readWheel } from './wheel.ts';

const wheel = (metadata: string): Uint8Array =>
  zipSync({ 'lib-1.dist-info/METADATA': new TextEncoder().encode(metadata), 'lib.py': new Uint8Array() });

test('a wheel says what it needs; what only extras need is left out', () => {
  const metadata =
    'Metadata-Version: 2.4\nName: lib\nRequires-Dist: idna>=3\nRequires-Dist: tomli; python_version < "3.11"\nRequires-Dist: rich; extra == "fancy"\n\nRequires-Dist: prose\n';
  expect(readWheel('lib-1-py3-none-any.whl', wheel(metadata), { name: 'lib', folder: 'lib' }).requires).toEqual([
    'idna>=3',
    'tomli; python_version < "3.11"',
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
    expect(() => readWheel(file, wheel('Name: lib\n'), { name: 'lib', folder: 'lib' })).toThrow(/is no name of one/);
  },
);

test('without a build system setuptools builds, as PEP 517 has it', () => {
  const legacy = { requires: ['setuptools>=40.8.0'], backend: 'setuptools.build_meta:__legacy__', backendPath: [] };
  expect(buildSystemOf(undefined)).toEqual(legacy);
  expect(buildSystemOf('[project]\nname = "lib"\n')).toEqual(legacy);
  expect(buildSystemOf('[build-system]\nrequires = []\nbuild-backend = "back"\nbackend-path = ["."]\n')).toEqual({
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
    './lib[fast]',
    'libs/common',
    'lib @ file:../lib',
    '-e ./libs/common ; python_version > "3"',
  ];
  expect(withoutLocal([...kept, ...local].join('\n'))).toBe(kept.join('\n'));
});
