import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, test } from 'vitest';
import { gates } from './gates/index.ts';
import {
  addLayer,
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
const shipHealthy = ({ service, only = [], options = [] }: Sabotage): Promise<Shipped> => {
  const key = [service, ...only, ...options].join(' ');
  const known = healthy.get(key) ?? ship(newFolder(service, serviceFiles(service)), { only, options });
  healthy.set(key, known);
  return known;
};

async function shipBroken(sabotage: Sabotage): Promise<Shipped> {
  const files = serviceFiles(sabotage.service);
  const folder = newFolder(sabotage.service, 'edit' in sabotage ? sabotage.edit(files) : files);
  const shipped = await ship(folder, sabotage);
  if ('layer' in sabotage) await addLayer(folder, sabotage.layer);
  else if (sabotage.editConfig) rewriteConfig(folder, sabotage.editConfig);
  else return shipped;
  return proveAgain(folder, sabotage.only);
}

const built = existsSync(fileURLToPath(new URL('../../dist/plimsoll.js', import.meta.url)));
const all = process.env['PLIMSOLL_MATRIX'] === 'all';
const times = Number(process.env['PLIMSOLL_RUNS'] ?? 1);

const isThere = (program: string): boolean => spawnSync('which', [program]).status === 0;

/** One line for each sabotage: which gates failed that did not before. */
const matrix: { readonly gate: string; readonly name: string; readonly failed: readonly string[] }[] = [];
afterAll(() => {
  const lines = matrix
    .toSorted((a, b) => gates.findIndex((it) => it.id === a.gate) - gates.findIndex((it) => it.id === b.gate))
    .map(({ gate, name, failed }) => `${gate.padEnd(20)} ${failed.includes(gate) ? 'found' : 'HOLE '}  ${name}${alsoText(failed, gate)}`);
  if (lines.length > 0) console.log(`${lines.join('\n')}\n${lines.length} sabotages, ${matrix.filter(isHole).length} holes`);
});
const isHole = ({ gate, failed }: (typeof matrix)[number]): boolean => !failed.includes(gate);
const alsoText = (failed: readonly string[], gate: string): string => {
  const others = failed.filter((it) => it !== gate);
  return others.length === 0 ? '' : `  (${others.join(', ')} as well)`;
};

// Two at a time: each waits for its service more than it computes. PLIMSOLL_MATRIX=all: every sabotage, else the first of each gate.
describe.skipIf(!built)('each gate fails when what it promises is broken, and no unrelated one does', () => {
  for (const { id, level } of gates)
    describe(id, async () => {
      const { sabotages } = (await import(`./gates/${id}.sabotage.ts`)) as { readonly sabotages: readonly Sabotage[] };
      for (const sabotage of all ? sabotages : sabotages.slice(0, 1))
        test
          .skipIf(sabotage.needs !== undefined && !isThere(sabotage.needs))
          .concurrent(`fails when ${sabotage.name}`, { timeout: 900_000 * times }, async ({ expect: expectHere }) => {
            const good = await shipHealthy(sabotage);
            expectHere(good.exitCode, good.text).toBe(0);
            for (let run = 0; run < times; run += 1) {
              const broken = await shipBroken(sabotage);
              const failed = newlyFailed(good, broken);
              if (run === 0) matrix.push({ gate: id, name: sabotage.name, failed });
              const expected = gates.map((it) => it.id).filter((it) => it === id || sabotage.alsoFails?.includes(it));
              expectHere(failed, broken.text).toEqual(expected);
              expectHere(broken.exitCode).toBe(level === 'required' ? 1 : 0);
            }
          });
    });
});
