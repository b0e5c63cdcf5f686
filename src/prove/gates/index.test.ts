import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gates } from './index.ts';

const files = readdirSync(import.meta.dirname);

test('every gate of the folder is registered, once', () => {
  const named = files.filter((name) => /^(?!index\.)[a-z-]+\.ts$/.test(name)).map((name) => name.slice(0, -3));
  expect(gates.map((it) => it.id).toSorted()).toEqual(named.toSorted());
});

test.each(gates.map((it) => [it.id, it] as const))('%s has sabotages beside it and says what it is', (id, gate) => {
  expect(files).toContain(`${id}.sabotage.ts`);
  for (const text of [gate.promise, gate.why, gate.source]) expect(text.length).toBeGreaterThan(20);
});
