import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { gates } from './gates/index.ts';
import {
  layOut,
  newlyFailed,
  proveAgain,
  rewriteConfig,
  serviceFiles,
  ship,
  type Sabotage,
  type ServiceFiles,
  type Shipped,
} from './sabotage.test-support.ts';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** Machines that run tests are slow: what is not about the time to start has a minute for it. */
function withTime(files: ServiceFiles): ServiceFiles {
  const config = files['plimsoll.yaml'] ?? '';
  if (config.includes('ready:')) return files;
  return {
    ...files,
    'plimsoll.yaml': config.includes('budget:\n')
      ? config.replace('budget:\n', 'budget:\n  ready: 60 s\n')
      : `${config}budget:\n  ready: 60 s\n`,
  };
}

/** The name is part of an image's title: the same for the healthy one and the broken one. */
function newFolder(service: string, files: ServiceFiles): string {
  const above = mkdtempSync(join(tmpdir(), 'plimsoll-sabotage-'));
  folders.push(above);
  const folder = join(above, service);
  layOut(withTime(files), folder);
  return folder;
}

const healthy = new Map<string, Promise<Shipped>>();
const shipHealthy = (service: string): Promise<Shipped> => {
  const known = healthy.get(service) ?? ship(newFolder(service, serviceFiles(service)));
  healthy.set(service, known);
  return known;
};

async function shipBroken(sabotage: Sabotage): Promise<Shipped> {
  const files = serviceFiles(sabotage.service);
  if ('edit' in sabotage) return ship(newFolder(sabotage.service, sabotage.edit(files)));
  const folder = newFolder(sabotage.service, files);
  await ship(folder);
  rewriteConfig(folder, sabotage.editConfig);
  return proveAgain(folder);
}

// One sabotage of each gate; `npm run bench:matrix` runs them all.
const built = existsSync(fileURLToPath(new URL('../../dist/plimsoll.js', import.meta.url)));

const isThere = (program: string): boolean => spawnSync('which', [program]).status === 0;

describe.skipIf(!built)('each gate fails when what it promises is broken, and no unrelated one does', () => {
  for (const { id, level } of gates)
    describe(id, async () => {
      const { sabotages } = (await import(`./gates/${id}.sabotage.ts`)) as { readonly sabotages: readonly Sabotage[] };
      for (const sabotage of process.env['PLIMSOLL_MATRIX'] === 'all' ? sabotages : sabotages.slice(0, 1))
        test.skipIf(sabotage.needs !== undefined && !isThere(sabotage.needs))(
          `fails when ${sabotage.name}`,
          { timeout: 900_000 },
          async () => {
            const good = await shipHealthy(sabotage.service);
            expect(good.exitCode, good.text).toBe(0);
            const broken = await shipBroken(sabotage);
            const expected = gates.map((it) => it.id).filter((it) => it === id || sabotage.alsoFails?.includes(it));
            expect(newlyFailed(good, broken), broken.text).toEqual(expected);
            expect(broken.exitCode).toBe(level === 'required' ? 1 : 0);
          },
        );
    });
});
