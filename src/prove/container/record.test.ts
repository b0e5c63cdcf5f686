import { expect, test } from 'vitest';
import type { Container, LogLine, Readiness } from '../../run/index.ts';
import { recorded, runsToShow, type Recording } from './record.ts';

const up: Readiness = { ready: true, afterMs: 100 };
const down: Readiness = { ready: false, why: 'exited with 1', afterMs: 50, exit: { code: 1, signal: null, atMs: 50 } };

/** A container whose clock moves by 10 ms whenever it is asked. */
function container({ readiness = up, lines = [] }: { readiness?: Readiness; lines?: readonly LogLine[] } = {}): Container {
  let now = 90;
  return {
    now: () => (now += 10),
    waitReady: async () => readiness,
    request: async () => ({ answered: true, status: 200, headers: {}, body: '', afterMs: 1 }),
    begin: async () => ({
      unanswered: async () => true,
      finish: async () => ({ answered: false, why: 'reset', partial: false, afterMs: 1 }),
    }),
    exec: async () => ({ code: 0, output: '', timedOut: false, afterMs: 7 }),
    kill: async () => {},
    exited: async () => ({ code: 0, signal: null, atMs: 500 }),
    logs: () => lines,
  } as unknown as Container;
}

const hide = (text: string): string => text.replaceAll('s3cr3t', '[KEY]');

async function record(
  use: (c: Container) => Promise<unknown>,
  over: Parameters<typeof container>[0] = {},
  isTrial = true,
  readOnlyRoot = true,
) {
  const kept: Recording[] = [];
  await recorded((it) => kept.push(it), { isTrial, readOnlyRoot }, hide)(use)(container(over)).catch(() => {});
  const [recording] = kept;
  if (!recording) throw new Error('nothing was kept');
  return recording;
}

const said = ({ moments }: Pick<Recording, 'moments'>): string[] => moments.map((it) => `${it.what} ${it.fromMs}–${it.atMs} ${it.says}`);

test('a run is told by what was asked of it, in the order of time, without secrets', async () => {
  const run = await record(async (c) => {
    await c.waitReady({ port: 80, path: '/health' }, 1);
    await c.exec(['check'], 1);
    await c.request({ port: 80, method: 'GET', path: '/?key=s3cr3t' });
    const pending = await c.begin({ port: 80, method: 'POST', path: '/' });
    await c.kill('SIGTERM');
    await pending.finish();
    await c.exited(1);
    await c.exited(1);
  });
  expect(said(run)).toEqual([
    'ready 0–100 listens on 80, GET /health answers',
    'healthy 100–107 exit 0',
    'request 110–120 GET /?key=[KEY] 200',
    'request 130–150 POST / reset',
    'signal 140–140 SIGTERM',
    'exit 500–500 exit 0',
  ]);
});

test('a run that ended in an error is told as far as it came', async () => {
  const run = await record(
    async (c) => {
      await c.waitReady({ port: 80 }, 1);
      throw new Error('the gate gave up');
    },
    { readiness: down },
  );
  expect(said(run)).toEqual(['not ready 0–50 exited with 1', 'exit 50–50 exit 1']);
});

test('of a long log the beginning and the end are kept, and no line is cut in the middle of a secret', async () => {
  const line = (text: string, atMs: number): LogLine => ({ atMs, stream: 'stdout', text });
  const lines = Array.from({ length: 200 }, (_, i) => line(`${i}`, i)).with(1, line(`${'x'.repeat(496)}s3cr3t and more`, 1));
  const { log } = await record(async () => {}, { lines });
  expect([log.lines.length, log.leftOut, log.lines[0]?.text, log.lines.at(-1)?.text]).toEqual([80, 120, '0', '199']);
  expect(log.lines[1]?.text).toBe(`${'x'.repeat(496)}[KE…`);
});

test('the run that is shown is the one that the gates judged, and the one with the contract’s signal', async () => {
  const ready = (c: Container) => c.waitReady({ port: 80 }, 1);
  const failed = await record(ready, { readiness: down });
  const writable = await record(ready, {}, true, false);
  const again = await record(ready);
  const killed = await record(async (c) => c.kill('SIGKILL'), {}, false);
  const stopped = await record(async (c) => c.kill('SIGTERM'), {}, false);
  const shown = (...all: Recording[]) =>
    runsToShow(all, 'SIGTERM').map(({ purpose, readOnlyRoot, moments }) => [purpose, readOnlyRoot, moments.at(-1)?.says]);
  expect(shown(failed, writable, again, killed, stopped)).toEqual([
    ['answers', true, 'listens on 80'],
    ['stop', true, 'SIGTERM'],
  ]);
  expect(shown(failed, writable)).toEqual([['answers', false, 'listens on 80']]);
  expect(shown(failed)).toEqual([['answers', true, 'exit 1']]);
  expect(shown()).toEqual([]);
});

test('of many requests the first are told one by one, and the rest as one', async () => {
  const run = await record(async (c) => {
    for (let i = 0; i < 104; i += 1) await c.request({ port: 80, method: 'GET', path: '/' });
  });
  expect(run.moments).toHaveLength(25);
  expect(run.moments.at(-1)).toMatchObject({ what: 'request', says: '80 more requests', count: 80 });
});

test('a run is seen before it ends, and what a check says of a frozen service is not its health', async () => {
  const kept: Recording[] = [];
  const about = { isTrial: true, readOnlyRoot: true };
  const over = recorded(
    (it) => kept.push(it),
    about,
    hide,
  )(async (c) => {
    await c.freeze();
    await c.exec(['check'], 1);
    await new Promise(() => {});
  })({ ...container(), freeze: async () => {} });
  void over;
  await expect.poll(() => kept.length).toBe(1);
  expect(kept[0]?.moments).toEqual([]);
});
