import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openStore } from '../../../base/node.ts';
import { SYSTEM_PACKAGES, type SystemPackage } from '../../../plan/system/packages.ts';
import { findMirrors, resolveDebian } from './index.ts';
import { scripted } from './scripted.ts';

// Reads both releases' whole indexes: part of `npm run test:long`.
const canAsk =
  process.env['PLIMSOLL_TESTS'] === 'long' &&
  (await findMirrors().then(
    () => true,
    () => false,
  ));
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-names-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!canAsk)('the Debian names of the table', { timeout: 600_000 }, () => {
  test.each([
    ['bookworm', '3.11'],
    ['trixie', '3.13'],
  ] as const)('are those of packages of %s that can be installed', async (suite, python) => {
    const store = await openStore(join(folder, suite));
    const names = (Object.values(SYSTEM_PACKAGES) as SystemPackage[]).flatMap((row) => row.names[suite] ?? []);
    const packages = names.filter((name) => name !== 'graphviz');
    // An unknown name, or a dependency that cannot be met, is an error.
    const { packages: found } = await resolveDebian({ suite, python, architecture: 'amd64', packages, locked: false }, { store });
    expect(packages.filter((name) => !found.some((one) => one.name === name))).toEqual([]);
    expect(found.filter(({ name }) => scripted.has(name))).toEqual([]);
    await store.close();
  });
});
