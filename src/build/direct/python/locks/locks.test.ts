import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../../base/index.ts';
import { pdmRequirements } from './pdm.ts';
import { pipfileRequirements } from './pipfile.ts';
import { pylockRequirements } from './pylock.ts';

const fixture = (path: string): string => readFileSync(fileURLToPath(new URL(`../../../../../fixtures/${path}`, import.meta.url)), 'utf8');

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
    expect(read(requirements(text, file))).toEqual(exported);
  });

  test('a package without hashes, or from no index, is an error that names file and package', () => {
    const broken =
      file === 'Pipfile.lock'
        ? text.replace(/"hashes": \[[^\]]*\]/, '"hashes": []')
        : file === 'pdm.lock'
          ? text.replace(/^files = \[[^\]]*\]$/m, 'files = []')
          : text.replace(/^version = "[^"]*"$/m, 'vcs = { type = "git", url = "https://git.example/a.git" }');
    expect(broken).not.toBe(text);
    expect(() => requirements(broken, file)).toThrow(UserError);
    expect(() => requirements(broken, file)).toThrow(new RegExp(`${file}.*\`\\w+\``));
  });
});

test('a pylock.toml of another version is refused', () => {
  expect(() => pylockRequirements('lock-version = "2.0"\n', 'pylock.toml')).toThrow('pylock.toml is of version 2.0');
});
