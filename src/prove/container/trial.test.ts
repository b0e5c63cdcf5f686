import { expect, test } from 'vitest';
import type { Container, HttpAnswer, LogLine, Readiness } from '../../run/index.ts';
import { contractOf } from '../python-image.test-support.ts';
import { readOnlyRoot } from '../gates/read-only-root.ts';
import type { Outcome, Subject } from '../types.ts';
import { trialOf } from './trial.ts';

interface Run {
  readonly readiness: Readiness;
  readonly answer?: HttpAnswer;
  readonly log?: string;
}
const up: Readiness = { ready: true, afterMs: 100 };
const late: Readiness = { ready: false, why: 'nothing listens', afterMs: 10_000 };
const exited: Readiness = { ready: false, why: 'exited', afterMs: 50, exit: { code: 1, atMs: 50 } as never };
const ok = { answered: true, status: 200, body: '', headers: {}, tookMs: 1 } as unknown as HttpAnswer;
const none = { answered: false, why: 'no answer within 5 s' } as unknown as HttpAnswer;

/** A service whose runs, one after the other, go as told; `asked` says how each was started and how long it was waited for. */
async function tried(
  first: Run | { readonly probes: readonly number[] },
  ...others: readonly Run[]
): Promise<{ outcome: Outcome; asked: string[] }> {
  const asked: string[] = [];
  const [runs, statuses] = 'probes' in first ? [others, first.probes] : [[first, ...others], [200]];
  const contract = contractOf({ ports: [{ port: 80, speaks: 'http' }] as never, readyWithinMs: 10_000 });
  const subject = {
    contract,
    image: { config: async () => ({ config: {} }) },
    probes: statuses.map((status) => ({ speaks: 'http', method: 'GET', path: '/', slow: false, when: 'before', expect: { status } })),
    values: [],
    async run(use: (container: Container) => Promise<unknown>, over: { readOnlyRoot?: boolean } = {}) {
      const run = runs[asked.length];
      if (!run) throw new Error('one run more than expected');
      const logs = run.log === undefined ? [] : [{ text: run.log, atMs: 1, stream: 'stderr' } as LogLine];
      return use({
        waitReady: async (_: unknown, ms: number) => {
          asked.push(`${over.readOnlyRoot === false ? 'writable' : 'read-only'} ${ms}`);
          return run.readiness;
        },
        logs: () => logs,
        changes: async () => [],
        processes: async () => [],
        exited: async () => undefined,
        memory: async () => ({ how: 'sampled', peakBytes: 1 }),
        listening: async () => [],
        now: () => 200,
        request: async () => run.answer ?? ok,
        waitForLog: async () => undefined,
      } as unknown as Container);
    },
  } as unknown as Subject;
  const trial = await trialOf(subject);
  return { outcome: await readOnlyRoot.measure({ ...subject, trial: async () => trial } as Subject), asked };
}

test('a service that works is run once', async () => {
  expect(await tried({ readiness: up })).toMatchObject({ outcome: { outcome: 'passed' }, asked: ['read-only 10000'] });
});

test.each([
  ['to start', { readiness: late }],
  ['to answer', { readiness: up, answer: none }],
])('late %s is no fault of the read-only root when it comes the second time', async (_, first) => {
  const { outcome, asked } = await tried(first, { readiness: up }, { readiness: up });
  expect(outcome).toMatchObject({ outcome: 'passed' });
  expect(asked).toEqual(['read-only 10000', 'writable 10000', 'read-only 30000']);
});

test('late both times, and never with a writable root: the read-only root is to blame', async () => {
  const { outcome } = await tried({ readiness: late }, { readiness: up }, { readiness: late });
  expect(outcome).toMatchObject({ outcome: 'failed' });
});

test.each([
  ['an exit', { readiness: exited }],
  ['a refused write', { readiness: late, log: "OSError: [Errno 30] Read-only file system: '/app/cache'" }],
])('%s is blamed at once', async (_, first) => {
  const { outcome, asked } = await tried(first, { readiness: up });
  expect(outcome).toMatchObject({ outcome: 'failed' });
  expect(asked).toHaveLength(2);
});

test('what starts with no root at all is not run a third time', async () => {
  const { outcome, asked } = await tried({ readiness: late }, { readiness: late });
  expect(outcome).toMatchObject({ outcome: 'unproven' });
  expect(asked).toHaveLength(2);
});

test('of two probes for one path the one that no root mends is not blamed on the read-only root', async () => {
  const { outcome, asked } = await tried({ probes: [200, 201] }, { readiness: up }, { readiness: up });
  expect(outcome).toMatchObject({ outcome: 'passed' });
  expect(asked).toHaveLength(2);
});

test('what its memory limit killed is run again without one, for the other gates', async () => {
  const limits: (number | undefined)[] = [];
  const contract = contractOf({ ports: [{ port: 80, speaks: 'tcp' }] as never, limits: { memoryBytes: 64e6 } });
  const container = (limit: number | undefined) => ({
    waitReady: async () => up,
    listening: async () => [],
    now: () => 200,
    waitForLog: async () => undefined,
    processes: async () => [],
    exited: async () => undefined,
    changes: async () => [],
    logs: () => [],
    memory: async () => ({ how: 'cgroup', peakBytes: 64e6, inUseBytes: 0, oomKills: limit === undefined ? 0 : 1 }),
  });
  const trial = await trialOf({
    contract,
    image: { config: async () => ({ config: {} }) },
    probes: [],
    values: [],
    async run(use: (container: Container) => Promise<unknown>, { memoryBytes }: { memoryBytes?: number } = {}) {
      limits.push(memoryBytes);
      return use(container(memoryBytes) as unknown as Container);
    },
  } as unknown as Subject);
  expect(limits).toEqual([64e6, undefined]);
  expect(trial.overLimit?.memory).toMatchObject({ oomKills: 1 });
  expect(trial.best.memory).toMatchObject({ oomKills: 0 });
});
