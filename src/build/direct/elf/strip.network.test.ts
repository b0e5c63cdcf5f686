import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { stripDebug } from './index.ts';

// Real libraries with debug sections, out of a wheel: from the package index that pip is set up for.
const has = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;
const able = has('python3', '-m', 'pip', '--version') && has('readelf', '--version');
const wanted = { package: 'httptools==0.6.4', python: '3.11' };
vi.setConfig({ testTimeout: 300_000 }); // the index may be far away
let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'plimsoll-wheel-'))));
afterAll(() => rmSync(folder, { recursive: true }));

function librariesFor(machine: string): string[] {
  const target = join(folder, machine);
  const args = [
    '-m',
    'pip',
    'install',
    '-q',
    '--disable-pip-version-check',
    '--no-deps',
    '--no-compile',
    '--only-binary',
    ':all:',
    '--target',
    target,
  ];
  const platform = ['--platform', `manylinux2014_${machine}`, '--python-version', wanted.python, '--implementation', 'cp', wanted.package];
  const end = spawnSync('python3', [...args, ...platform], { encoding: 'utf8' });
  expect([end.status, end.stderr]).toEqual([0, expect.any(String)]);
  const parser = join(target, 'httptools', 'parser');
  return readdirSync(parser)
    .filter((name) => name.endsWith('.so'))
    .map((name) => join(parser, name));
}

test.skipIf(!able).each(['x86_64', 'aarch64'])('the libraries of a wheel for %s lose their debug sections and nothing else', (machine) => {
  const libraries = librariesFor(machine);
  expect(libraries).toHaveLength(2);
  for (const library of libraries) {
    const readelf = (...args: string[]): string => {
      const end = spawnSync('readelf', [...args, library], { encoding: 'utf8', maxBuffer: 1 << 26 });
      expect(end.stderr).toBe('');
      return end.stdout;
    };
    const loaded = (): string =>
      [readelf('-lW'), readelf('-nW'), readelf('-dW'), readelf('-rW'), readelf('--dyn-syms', '-W')]
        .join('\n')
        .replace(/^(?:Elf file|File:).*$/gm, '');
    const before = loaded();
    const bytes = readFileSync(library);
    const stripped = stripDebug(bytes);
    expect(stripped.length).toBeLessThan(bytes.length / 2);
    writeFileSync(library, stripped);
    expect(loaded()).toBe(before);
    expect(readelf('-SW')).not.toMatch(/\.debug_|\.symtab/);
  }
  if (machine !== 'x86_64' || process.arch !== 'x64' || !has('python3.11', '--version')) return;
  const script = `import httptools; p = type('P', (), {'on_url': lambda s, u: print(u)})(); httptools.HttpRequestParser(p).feed_data(b'GET /x HTTP/1.1\\r\\n\\r\\n')`;
  expect(
    spawnSync('python3.11', ['-c', script], { env: { PATH: process.env['PATH'], PYTHONPATH: join(folder, machine) }, encoding: 'utf8' }),
  ).toMatchObject({ status: 0, stdout: "b'/x'\n" });
});
