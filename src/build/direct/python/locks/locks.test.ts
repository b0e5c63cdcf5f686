import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../../base/index.ts';
import { pdmRequirements } from './pdm.ts';
import { poetryRequirements } from './poetry.ts';
import { pipfileRequirements } from './pipfile.ts';
import { pylockRequirements } from './pylock.ts';

const fixture = (path: string): string => readFileSync(fileURLToPath(new URL(`../../../../../fixtures/${path}`, import.meta.url)), 'utf8');

const NO_SETS = { extras: [], groups: [] };

/** Requirements without the blanks and quotes in which tools differ: `name[extra]==1;marker` → hashes, in order. */
function read(text: string): Readonly<Record<string, readonly string[]>> {
  const lines = text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.includes('=='));
  return Object.fromEntries(
    lines.map((line) => {
      const [what = '', ...hashes] = line.split(/\s+--hash=/);
      return [what.replaceAll(/\s/g, '').replaceAll('"', "'"), hashes.map((hash) => hash.trim()).toSorted()];
    }),
  );
}

/** Chosen sets of a fixture; `exported.txt` there is what the lock's own tool made of them. */
describe.each([
  [
    'pdm.lock as `pdm export --prod -G serve` does',
    'python-pdm-groups/service/pdm.lock',
    (text: string, file: string) => pdmRequirements(text, file, { extras: ['serve'], groups: [] }),
  ],
  [
    'Pipfile.lock as `pipenv requirements --hash --categories "packages serve"` does',
    'python-pipfile-categories/service/Pipfile.lock',
    (text: string, file: string) => pipfileRequirements(text, file, { extras: [], groups: ['serve'] }),
  ],
  [
    'pylock.toml as `pdm export -G serve,probes` does',
    'python-pylock-groups/service/pylock.toml',
    (text: string, file: string) => pylockRequirements(text, file, { extras: ['serve'], groups: ['probes'] }),
  ],
  [
    'poetry.lock as `poetry export --with server,reports -E fast` does',
    'python-poetry-groups/service/poetry.lock',
    (text: string, file: string) =>
      poetryRequirements(text, file, { extras: ['fast'], groups: ['server', 'reports'] }, [
        'quart',
        'orjson',
        'hypercorn',
        'tabulate',
        'colorama',
      ]),
  ],
])('with chosen sets, reads %s', (_, path, requirements) => {
  test('package by package', () => {
    // Poetry says of each package what the project says of Python; the interpreter is chosen by that already.
    const range =
      /(?:;|and) \(?python_version >= "3\.11" and python_version < "3\.14"\)?(?= \\| ;)|python_version >= "3\.11" and python_version < "3\.14" and /g;
    const exported = read(fixture(`${path.split('/')[0]}/exported.txt`).replaceAll(range, ''));
    expect(Object.keys(exported).length).toBeGreaterThan(7);
    expect(read(requirements(fixture(path), path))).toEqual(exported);
  });
});

// `exported.txt` beside each lock is what the lock's own tool made of it.
describe.each([
  ['pdm.lock as `pdm export --prod` does', 'python-pdm-lock', 'pdm.lock', pdmRequirements],
  [
    'Pipfile.lock as `pipenv requirements --hash` does, but what has no version',
    'python-pipfile-lock',
    'Pipfile.lock',
    pipfileRequirements,
  ],
  ['pylock.toml as `uv export` does', 'python-pylock', 'pylock.toml', pylockRequirements],
])('reads %s', (_, folder, file, requirements) => {
  const text = fixture(`${folder}/service/${file}`);

  test('package by package, with versions, extras, markers and hashes', () => {
    const exported = read(fixture(`${folder}/exported.txt`));
    expect(Object.keys(exported).length).toBeGreaterThan(8);
    expect(read(requirements(text, file, NO_SETS))).toEqual(exported);
  });

  test('a package without hashes, or from no index, is an error that names file and package', () => {
    const broken =
      file === 'Pipfile.lock'
        ? text.replace(/"hashes": \[[^\]]*\]/, '"hashes": []')
        : file === 'pdm.lock'
          ? text.replace(/^files = \[[^\]]*\]$/m, 'files = []')
          : text.replace(/^version = "[^"]*"$/m, 'vcs = { type = "git", url = "https://git.example/a.git" }');
    expect(broken).not.toBe(text);
    expect(() => requirements(broken, file, NO_SETS)).toThrow(UserError);
    expect(() => requirements(broken, file, NO_SETS)).toThrow(new RegExp(`${file}.*\`\\w+\``));
  });
});

test('a pylock.toml of another version is refused', () => {
  expect(() => pylockRequirements('lock-version = "2.0"\n', 'pylock.toml', NO_SETS)).toThrow('pylock.toml is of version 2.0');
});
