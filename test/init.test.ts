import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { plimsoll, root, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);
let cwd = '';
let count = 0;
beforeEach(() => {
  cwd = join(place.folder, String((count += 1)));
  cpSync(join(root, 'fixtures/python-fastapi/service'), cwd, { recursive: true });
});

const text = (name: string): string => readFileSync(join(cwd, name), 'utf8');

describe('plimsoll init', () => {
  test('writes files that the linter has nothing to say of, and writes them once', async () => {
    const end = await plimsoll(['init'], { cwd });
    expect([end.code, end.stderr]).toEqual([0, expect.stringContaining('Dockerfile: written\n.dockerignore: written\n')]);
    expect(await plimsoll(['lint', '--no-shellcheck'], { cwd })).toMatchObject({ code: 0 });
    const before = [text('Dockerfile'), text('.dockerignore')];
    expect(await plimsoll(['init'], { cwd })).toMatchObject({ code: 0, stderr: expect.stringContaining('Dockerfile: up to date\n') });
    expect([text('Dockerfile'), text('.dockerignore')]).toEqual(before);
  });

  test('leaves a Dockerfile of somebody else alone', async () => {
    writeFileSync(join(cwd, 'Dockerfile'), 'FROM scratch\n');
    const end = await plimsoll(['init'], { cwd });
    expect([end.code, end.stderr.split('\n')[0]]).toEqual([
      2,
      'error: Dockerfile: Dockerfile is there, and differs from what would be written',
    ]);
    expect(text('Dockerfile')).toBe('FROM scratch\n');
    expect(() => text('.dockerignore')).toThrow();
  });

  test('keeps each line of a .dockerignore, and adds what is missing', async () => {
    writeFileSync(join(cwd, '.dockerignore'), '# ours\n*.sqlite\n.git\n');
    expect(await plimsoll(['init'], { cwd })).toMatchObject({ code: 0 });
    const lines = text('.dockerignore').split('\n');
    expect(lines.slice(0, 3)).toEqual(['# ours', '*.sqlite', '.git']);
    expect(lines.filter((line) => line === '.git' || line === '.venv')).toEqual(['.git', '.venv']);
    expect(lines).not.toContain('requirements*.txt');
    expect(await plimsoll(['init', '--check'], { cwd })).toMatchObject({ code: 0, stderr: 'all files are up to date\n' });
  });

  test('--dry-run prints a change that patch(1) takes, and writes nothing', async () => {
    const end = await plimsoll(['init', '--dry-run'], { cwd });
    expect(end.code).toBe(0);
    expect(() => text('Dockerfile')).toThrow();
    expect(spawnSync('git', ['apply', '--unsafe-paths', '-'], { cwd, input: end.stdout }).status).toBe(0);
    expect(await plimsoll(['init', '--check'], { cwd })).toMatchObject({ code: 0 });
  });

  test('--check fails where a file is missing or out of date', async () => {
    const none = await plimsoll(['init', '--check'], { cwd });
    expect([none.code, none.stderr.split('\n')[0]]).toEqual([1, 'Dockerfile: is not there: run `plimsoll init`']);
    await plimsoll(['init'], { cwd });
    writeFileSync(join(cwd, 'Dockerfile'), `${text('Dockerfile')}# more\n`);
    const old = await plimsoll(['init', '--check'], { cwd });
    expect([old.code, old.stderr]).toEqual([1, 'Dockerfile: is out of date: run `plimsoll init`\n']);
  });
});
