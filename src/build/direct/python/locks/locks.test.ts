import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../../base/index.ts';
import { pdmRequirements } from './pdm.ts';
import { poetryRequirements } from './poetry.ts';
import { pipfileRequirements } from './pipfile.ts';
import { pylockRequirements } from './pylock.ts';

const fixture = (path: string): string => readFileSync(fileURLToPath(new URL(`../../../../../fixtures/${path}`, import.meta.url)), 'utf8');

const MAIN = { sets: { extras: [], groups: [] } };

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
    (text: string, file: string) => pdmRequirements(text, file, { sets: { extras: ['serve'], groups: [] } }),
  ],
  [
    'Pipfile.lock as `pipenv requirements --hash --categories "packages serve"` does',
    'python-pipfile-categories/service/Pipfile.lock',
    (text: string, file: string) => pipfileRequirements(text, file, { sets: { extras: [], groups: ['serve'] } }),
  ],
  [
    'pylock.toml as `pdm export -G serve,probes` does',
    'python-pylock-groups/service/pylock.toml',
    (text: string, file: string) => pylockRequirements(text, file, { sets: { extras: ['serve'], groups: ['probes'] } }),
  ],
  [
    'poetry.lock as `poetry export --with server,reports -E fast` does',
    'python-poetry-groups/service/poetry.lock',
    (text: string, file: string) =>
      poetryRequirements(text, file, {
        sets: { extras: ['fast'], groups: ['server', 'reports'] },
        direct: ['quart', 'orjson', 'hypercorn', 'tabulate', 'colorama'],
      }),
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
    expect(read(requirements(text, file, MAIN))).toEqual(exported);
  });

  test('a package without hashes, or from no index, is an error that names file and package', () => {
    const broken =
      file === 'Pipfile.lock'
        ? text.replace(/"hashes": \[[^\]]*\]/, '"hashes": []')
        : file === 'pdm.lock'
          ? text.replace(/^files = \[[^\]]*\]$/m, 'files = []')
          : text.replace(/^version = "[^"]*"$/m, 'vcs = { type = "git", url = "https://git.example/a.git" }');
    expect(broken).not.toBe(text);
    expect(() => requirements(broken, file, MAIN)).toThrow(UserError);
    expect(() => requirements(broken, file, MAIN)).toThrow(new RegExp(`${file}.*\`\\w+\``));
  });
});

test('a pylock.toml of another version is refused', () => {
  expect(() => pylockRequirements('lock-version = "2.0"\n', 'pylock.toml', MAIN)).toThrow('pylock.toml is of version 2.0');
});

/** Parts of locks as poetry 2.5 and PDM 2.29 wrote them (but for the host), and as PEP 751 and pipenv's manual have it. */
const WHEEL = 'https://files.example/iniconfig-2.0.0-py3-none-any.whl';
const HASH = 'sha256:b6a85871a79d2e3b22d2d1b94ac2824226a63c6b741c88f7ae975f18b6778374';
const ENTRY = `name = "iniconfig"\nversion = "2.0.0"\nfiles = [\n    {file = "iniconfig-2.0.0-py3-none-any.whl", hash = "${HASH}"},\n]\n`;

describe.each<readonly [string, (url: string) => string]>([
  [
    'poetry.lock',
    (url) =>
      poetryRequirements(`[[package]]\n${ENTRY}groups = ["main"]\n\n[package.source]\ntype = "url"\nurl = "${url}"\n`, 'poetry.lock', {
        ...MAIN,
        direct: ['iniconfig'],
      }),
  ],
  ['pdm.lock', (url) => pdmRequirements(`[[package]]\n${ENTRY}url = "${url}"\ngroups = ["default"]\n`, 'pdm.lock', MAIN)],
  [
    'pylock.toml',
    (url) =>
      pylockRequirements(
        `lock-version = "1.0"\n[[packages]]\nname = "iniconfig"\narchive = { url = "${url}", hashes = { sha256 = "${HASH.slice(7)}" } }\n`,
        'pylock.toml',
        MAIN,
      ),
  ],
  [
    'Pipfile.lock',
    (url) => pipfileRequirements(JSON.stringify({ default: { iniconfig: { file: url, hashes: [HASH] } } }), 'Pipfile.lock', MAIN),
  ],
])('%s: what comes from a URL', (_, requirements) => {
  test('is installed from there when it is a wheel', () => {
    expect(requirements(WHEEL)).toBe(`iniconfig @ ${WHEEL} \\\n    --hash=${HASH}\n`);
  });

  test('is named with its hash when it is to be built', () => {
    const archive = 'https://files.example/iniconfig-2.0.0.tar.gz';
    expect(requirements(archive)).toBe(`iniconfig @ ${archive} \\\n    --hash=${HASH}\n`);
  });
});

/** As poetry 2.5, PDM 2.29 and pipenv 2026 write them, and as PEP 751 has it. */
test('what comes from git is named by its commit, and by its folder', () => {
  const [url, commit] = ['https://git.example/team/tally.git', 'c'.repeat(40)];
  const expected = `tally @ git+${url}@${commit}#subdirectory=libs/tally\n`;
  const head = '[[package]]\nname = "tally"\nversion = "1.0"\n';
  const source = `type = "git"\nurl = "${url}"\nreference = "main"\nresolved_reference = "${commit}"\nsubdirectory = "libs/tally"\n`;
  const poetry = `${head}groups = ["main"]\nfiles = []\n\n[package.source]\n${source}`;
  expect(poetryRequirements(poetry, 'poetry.lock', { ...MAIN, direct: ['tally'] })).toBe(expected);
  const pdm = `${head}groups = ["default"]\ngit = "${url}"\nref = "main"\nrevision = "${commit}"\nsubdirectory = "libs/tally"\n`;
  expect(pdmRequirements(pdm, 'pdm.lock', MAIN)).toBe(expected);
  const vcs = `vcs = { type = "git", url = "${url}", commit-id = "${commit}", subdirectory = "libs/tally" }`;
  expect(pylockRequirements(`lock-version = "1.0"\n[[packages]]\nname = "tally"\n${vcs}\n`, 'pylock.toml', MAIN)).toBe(expected);
  const pipfile = { default: { tally: { git: url, ref: commit, subdirectory: 'libs/tally' } } };
  expect(pipfileRequirements(JSON.stringify(pipfile), 'Pipfile.lock', MAIN)).toBe(expected);
});
