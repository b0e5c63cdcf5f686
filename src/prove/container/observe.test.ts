import { expect, test } from 'vitest';
import type { Container, Exit } from '../../run/index.ts';
import { contractOf } from '../python-image.test-support.ts';
import { waitStaysUp } from './observe.ts';

const contract = contractOf({ ports: [{ port: 7000, protocol: 'tcp', speaks: 'tcp' }] });
const exit: Exit = { code: 1, signal: null, atMs: 140 };
const listening = (end: Exit | undefined): Container =>
  ({ waitReady: async () => ({ ready: true, afterMs: 100 }), listening: async () => [], exited: async () => end }) as unknown as Container;

test('who listens and ends right behind that never was up; who has done a job may end', async () => {
  expect(await waitStaysUp(listening(undefined), { contract })).toEqual({ ready: true, afterMs: 100 });
  expect(await waitStaysUp(listening(exit), { contract })).toEqual({ ready: false, why: 'exited', afterMs: 140, exit });
  const done: Exit = { code: 0, signal: null, atMs: 50 };
  expect(await waitStaysUp(listening(done), { contract: { ...contract, ports: [], lifetime: 'job' } })).toEqual({
    ready: true,
    afterMs: 50,
  });
});
