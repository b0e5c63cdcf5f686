import { expect, test } from 'vitest';
import type { Memory } from '../../run/index.ts';
import { contractOf } from '../python-image.test-support.ts';
import type { Outcome, Subject } from '../types.ts';
import { memoryLimit } from './memory-limit.ts';

const LIMIT = 100e6;
const counted = (inUseBytes: number): Memory => ({ how: 'cgroup', peakBytes: LIMIT, inUseBytes, oomKills: 0 });
const sampled = (peakBytes: number): Memory => ({ how: 'sampled', peakBytes });

function judge(memory: Memory, limits: { memoryBytes?: number } = { memoryBytes: LIMIT }): Promise<Outcome> {
  const best = { readiness: { ready: true, afterMs: 1 }, memory, logs: [] };
  const subject = { contract: contractOf({ limits }), trial: async () => ({ best, readOnly: best }) };
  return memoryLimit.measure(subject as unknown as Subject);
}

test.each<[string, Memory, Outcome['outcome']]>([
  ['80 % in use leaves room, whatever file cache made of the peak', counted(0.8 * LIMIT), 'passed'],
  ['90 % is the most', counted(0.9 * LIMIT), 'passed'],
  ['above that the next requests have no room', counted(0.91 * LIMIT), 'failed'],
  ['a sampled peak below a limit proves nothing', sampled(0.5 * LIMIT), 'unproven'],
  ['a sampled peak above it does', sampled(1.05 * LIMIT), 'failed'],
])('%s', async (_, memory, outcome) => {
  expect((await judge(memory)).outcome).toBe(outcome);
});

test('without a limit that anybody named or anything enforces there is nothing to prove, and the peak is told', async () => {
  expect(await judge(sampled(60e6), {})).toMatchObject({ outcome: 'skipped', why: expect.stringContaining('60.0 MB') });
  expect(await judge(counted(60e6), {})).toMatchObject({ outcome: 'passed', why: expect.stringContaining('nobody has named a limit') });
});
