import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../base/node.ts';
import { JOB, python } from './packages.testing.ts';
import { remembered } from './remembered.ts';
import { silence, type Answer, type Source } from './types.ts';

test('answers are taken from the store for their time, by source, address and packages; what was no answer is asked again', async () => {
  const root = mkdtempSync(join(tmpdir(), 'plimsoll-remembered-'));
  const store = await openStore(root);
  let asked = 0;
  let answer: Answer = silence('away');
  const inner: Source = {
    id: 'osv',
    name: 'OSV',
    concerns: () => true,
    ask: async (all) => ((asked += 1), new Map(all.map((one) => [one, answer]))),
  };
  const ask = async (nowMs: number, where = 'here', version = '1'): Promise<number> => {
    await remembered(inner, store, where, 1000).ask([python('a', version)], { ...JOB, nowMs });
    return asked;
  };
  expect([await ask(0), await ask(1)]).toEqual([1, 2]);
  answer = { answered: true, told: [], asOf: '' };
  expect([await ask(2), await ask(1001)]).toEqual([3, 3]);
  expect([await ask(1002), await ask(1500, 'there'), await ask(1500, 'here', '2')]).toEqual([4, 5, 6]);
  await store.close();
  rmSync(root, { recursive: true });
});
