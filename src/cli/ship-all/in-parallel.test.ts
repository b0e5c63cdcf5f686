import { expect, test } from 'vitest';
import { inParallel } from './in-parallel.ts';

test('no more run at once than asked, and results come in the order of the items', async () => {
  let running = 0;
  let most = 0;
  const ticks = [5, 1, 4, 2, 3];
  const results = await inParallel(ticks, 2, async (tick) => {
    running += 1;
    most = Math.max(most, running);
    for (let i = 0; i < tick; i += 1) await Promise.resolve();
    running -= 1;
    return tick;
  });
  expect(results.map((result) => result.status === 'fulfilled' && result.value)).toEqual(ticks);
  expect(most).toBe(2);
});

test('one that fails stops no other', async () => {
  const results = await inParallel([1, 2, 3], 1, async (item) => {
    if (item === 2) throw new Error('two');
    return item;
  });
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});
