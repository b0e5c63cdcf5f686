import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, test } from 'vitest';
import { gates } from './gates/index.ts';
import {
  addLayer,
  build,
  layOut,
  newlyFailed,
  proveBuilt,
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

/** By service: all its sabotages are compared with the same. */
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
  const { layer, layers = layer ? [layer] : [], editConfig } = { layer: undefined, layers: undefined, editConfig: undefined, ...sabotage };
  if (layers.length === 0 && !editConfig) return ship(folder, sabotage);
  await build(folder, sabotage.options);
  for (const each of layers) await addLayer(folder, each);
  if (editConfig) rewriteConfig(folder, editConfig);
  return proveBuilt(folder, sabotage.only);
}

const bothOf = async (sabotage: Sabotage): Promise<{ readonly good: Shipped; readonly broken: Shipped }> => ({
  good: await shipHealthy(sabotage),
  broken: await shipBroken(sabotage),
});

const built = existsSync(fileURLToPath(new URL('../../dist/plimsoll.js', import.meta.url)));
const isShort = process.env['PLIMSOLL_MATRIX'] === 'first';
const isThere = (program: string): boolean => spawnSync('which', [program]).status === 0;

interface Row {
  readonly gate: string;
  readonly name: string;
  /** Which gates failed that did not before. */
  readonly failed: readonly string[];
  /** Those of them that have nothing to do with what was broken. */
  readonly bleeds: readonly string[];
  /** The end in words, where it is not the one that it must be. */
  readonly odd: readonly string[];
}

/** One for each sabotage. */
const matrix: Row[] = [];
afterAll(() => {
  const place = ({ gate }: Row): number => gates.findIndex((it) => it.id === gate);
  const rows = matrix.toSorted((a, b) => place(a) - place(b));
  const lines = rows.map(
    ({ gate, name, failed }) => `${gate.padEnd(20)} ${failed.includes(gate) ? 'found' : 'HOLE '}  ${name}${alsoText(failed, gate)}`,
  );
  const holes = rows.filter(({ gate, failed }) => !failed.includes(gate)).length;
  const bleeds = rows.flatMap((row) => row.bleeds.map((id) => `BLEED ${id} failed when ${row.name} (${row.gate})`));
  if (rows.length > 0) console.log([...lines, ...bleeds, `${rows.length} sabotages, ${holes} holes, ${bleeds.length} bleeds`].join('\n'));
  const results = process.env['PLIMSOLL_RESULTS'];
  if (results !== undefined) writeFileSync(results, JSON.stringify({ healthy: healthy.size, rows }));
});
const alsoText = (failed: readonly string[], gate: string): string => {
  const others = failed.filter((it) => it !== gate);
  return others.length === 0 ? '' : `  (${others.join(', ')} as well)`;
};

// PLIMSOLL_MATRIX=first: the first sabotage of each gate alone.
describe.skipIf(!built)('each gate fails when what it promises is broken, and no unrelated one does', () => {
  for (const { id, level } of gates)
    describe.concurrent(id, async () => {
      const { sabotages } = (await import(`./gates/${id}.sabotage.ts`)) as { readonly sabotages: readonly Sabotage[] };
      for (const sabotage of isShort ? sabotages.slice(0, 1) : sabotages)
        test
          .skipIf(sabotage.needs !== undefined && !isThere(sabotage.needs))
          .concurrent(`fails when ${sabotage.name}`, { timeout: 900_000 }, async ({ expect: expectHere }) => {
            const expected = gates.map((it) => it.id).filter((it) => it === id || sabotage.alsoFails?.includes(it));
            const must = { healthy: 0, failed: expected, exitCode: level === 'required' ? 1 : 0 };
            const keep = (row: Omit<Row, 'gate' | 'name'>): unknown => matrix.push({ gate: id, name: sabotage.name, ...row });
            const { good, broken } = await bothOf(sabotage).catch((error: unknown) => {
              keep({ failed: [], bleeds: [], odd: [String(error)] });
              throw error;
            });
            const failed = newlyFailed(good, broken);
            const end = { healthy: good.exitCode, failed, exitCode: broken.exitCode };
            const odd = isDeepStrictEqual(end, must) ? [] : [JSON.stringify(end)];
            keep({ failed, bleeds: failed.filter((it) => !expected.includes(it)), odd });
            expectHere(end, good.exitCode === 0 ? broken.text : good.text).toEqual(must);
          });
    });
});
