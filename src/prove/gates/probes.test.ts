import { expect, test } from 'vitest';
import type { HttpAnswer } from '../../run/index.ts';
import { contractOf } from '../python-image.test-support.ts';
import type { Outcome, Subject } from '../types.ts';
import { probes } from './probes.ts';

/** A service whose route `/`, which no probe speaks of, is answered so. */
function judge(answer: HttpAnswer): Promise<Outcome> {
  const request = { port: 80, method: 'GET', path: '/' };
  const best = { readiness: { ready: true, afterMs: 1 }, logs: [], answers: [{ request, answer }], spoken: [] };
  const contract = contractOf({ ports: [{ port: 80, speaks: 'http' }] as never });
  return probes.measure({ contract, probes: [], service: {}, trial: async () => ({ best, readOnly: best }) } as unknown as Subject);
}
const none = { answered: false, why: 'timed out', afterMs: 2000 } as const;

test('a route that nobody declared and that sends nothing is told; a stream, which has begun, is none', async () => {
  expect(await judge({ ...none, partial: false })).toMatchObject({
    outcome: 'passed',
    why: expect.stringContaining('GET / sent nothing, twice'),
  });
  expect(await judge({ ...none, partial: true })).not.toHaveProperty('why');
});
