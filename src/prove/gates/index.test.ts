import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gates } from './index.ts';
import { serviceFiles, type Sabotage } from '../sabotage.test-support.ts';

const files = readdirSync(import.meta.dirname);

test('every gate of the folder is registered, once', () => {
  const named = files.filter((name) => /^(?!index\.)[a-z-]+\.ts$/.test(name)).map((name) => name.slice(0, -3));
  expect(gates.map((it) => it.id).toSorted()).toEqual(named.toSorted());
});

test.each(gates.map((it) => [it.id, it] as const))('%s has sabotages beside it and says what it is', (id, gate) => {
  expect(files).toContain(`${id}.sabotage.ts`);
  for (const text of [gate.promise, gate.why, gate.source]) expect(text.length).toBeGreaterThan(20);
});

/** What a sabotage changes, whatever it is called. */
const effectOf = (sabotage: Sabotage): string =>
  JSON.stringify([
    'edit' in sabotage ? sabotage.edit(serviceFiles(sabotage.service)) : 'as it is',
    'editConfig' in sabotage ? sabotage.editConfig?.({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } }) : '',
    'layer' in sabotage ? sabotage.layer : [],
  ]);

test.each(gates.map(({ id }) => id))('%s has two sabotages at least, which break different things', async (id) => {
  const { sabotages } = (await import(`./${id}.sabotage.ts`)) as { readonly sabotages: readonly Sabotage[] };
  expect(sabotages.length).toBeGreaterThanOrEqual(2);
  expect(new Set(sabotages.map(({ name }) => name)).size).toBe(sabotages.length);
  expect(new Set(sabotages.map(effectOf)).size).toBe(sabotages.length);
});
