import { expect, test } from 'vitest';
import type { HttpAnswer } from '../../run/index.ts';
import { contractOf } from '../python-image.test-support.ts';
import type { Outcome, Subject } from '../types.ts';
import { probes } from './probes.ts';

/** A service whose route `/`, which no probe speaks of, is answered so, and one that it does not have so. */
function judge(answer: HttpAnswer, other?: HttpAnswer, parts: Partial<Subject> = { service: {} as never }): Promise<Outcome> {
  const request = { port: 80, method: 'GET', path: '/' };
  const anybody = other ? { anybody: { request: { ...request, path: '/none' }, answer: other } } : {};
  const best = { readiness: { ready: true, afterMs: 1 }, logs: [], answers: [{ request, answer }], spoken: [], ...anybody };
  const contract = contractOf({ ports: [{ port: 80, speaks: 'http' }] as never });
  return probes.measure({ contract, probes: [], ...parts, trial: async () => ({ best, readOnly: best }) } as unknown as Subject);
}
const none = { answered: false, why: 'timed out', afterMs: 2000 } as const;

test('a route that nobody declared and that sends nothing is told; a stream, which has begun, is none', async () => {
  expect(await judge({ ...none, partial: false })).toMatchObject({
    outcome: 'passed',
    why: expect.stringContaining('GET / sent nothing, twice'),
  });
  expect(await judge({ ...none, partial: true })).not.toHaveProperty('why');
});

test('who answers nothing, not even that a path is not there, is dead behind its port; who does waits for something', async () => {
  const silent: HttpAnswer = { ...none, partial: false };
  expect(await judge(silent, silent)).toMatchObject({ outcome: 'failed', why: expect.stringContaining('answers nothing, not even') });
  const notFound: HttpAnswer = { answered: true, status: 404, headers: {}, body: '', afterMs: 1 };
  expect(await judge(silent, notFound)).toMatchObject({ outcome: 'passed', why: expect.stringContaining('sent nothing, twice') });
});

test('who closes the connection of a stranger is there; of an image alone that answers nothing else nothing is said', async () => {
  const closed: HttpAnswer = { ...none, why: 'closed half-way', partial: false };
  expect(await judge(closed, closed)).toMatchObject({ outcome: 'passed' });
  expect(await judge(closed, closed, {})).toMatchObject({ outcome: 'skipped', why: expect.stringContaining('GET / was not answered') });
  const silent: HttpAnswer = { ...none, partial: false };
  expect(await judge(silent, silent, {})).toMatchObject({ outcome: 'failed' });
});
