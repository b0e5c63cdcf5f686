import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readers } from './readers.ts';

/** Files of these folders that are no readers: shapes and what several readers share. */
const FOLDERS = ['shared', 'python/manifests', 'python/frameworks', 'python/routes', 'python/behaviour'];

test.each(FOLDERS)('every reader in %s is registered under its file name', (folder) => {
  const path = join(import.meta.dirname, folder);
  const definitions = readdirSync(path).filter((f) => f.endsWith('.ts') && !f.endsWith('.test.ts') && f !== 'index.ts');
  const ids = readers.map((r) => r.id).filter((id) => id.slice(0, id.lastIndexOf('/')) === folder);
  for (const id of ids) expect(definitions).toContain(`${id.slice(folder.length + 1)}.ts`);
  const registering = definitions.filter((f) => exportsReader(join(path, f)));
  expect(ids.toSorted()).toEqual(registering.map((f) => `${folder}/${f.slice(0, -'.ts'.length)}`).toSorted());
});

test('every reader says what it reads and where its rules come from', () => {
  for (const r of readers) {
    expect(r.about).toMatch(/\.$/);
    expect(r.source).not.toBe('');
    expect(r.reads).not.toHaveLength(0);
  }
  expect(new Set(readers.map((r) => r.id)).size).toBe(readers.length);
});

/** A file that defines a reader has its id in it. */
const exportsReader = (path: string): boolean => /\b(applicationReader|reader)\(\{/.test(readFileSync(path, 'utf8'));
