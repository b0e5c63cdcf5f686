import { expect, test } from 'vitest';
import { contractOf, plainImage, plainLayer } from '../python-image.test-support.ts';
import { askToFail, checkHealth, checkOf } from './health.ts';

const argvOf = async (config: object): Promise<readonly string[] | undefined> =>
  (await checkOf(plainImage([plainLayer([])], config), contractOf({})))?.argv;

test('a check in shell form is run by the shell that the image names, as Docker does, else by /bin/sh', async () => {
  const Healthcheck = { Test: ['CMD-SHELL', 'exec 3<>/dev/tcp/127.0.0.1/80'] };
  expect(await argvOf({ Healthcheck })).toEqual(['/bin/sh', '-c', 'exec 3<>/dev/tcp/127.0.0.1/80']);
  expect(await argvOf({ Healthcheck, Shell: ['/bin/bash', '-c'] })).toEqual(['/bin/bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/80']);
  expect(await argvOf({ Healthcheck: { Test: ['CMD', '/check'] }, Shell: ['/bin/bash', '-c'] })).toEqual(['/check']);
});

test('NONE, and a form that Docker does not know, are no check', async () => {
  expect(await argvOf({ Healthcheck: { Test: ['NONE'] } })).toBeUndefined();
  expect(await argvOf({ Healthcheck: { Test: ['curl', '-f', 'http://localhost/'] } })).toBeUndefined();
});

test('a check fails for good after as many tries as Docker counts; what it says before the service need be ready does not count', async () => {
  const asked = async (sinceMs: number, ...codes: readonly number[]) => {
    const left = [...codes];
    let nowMs = 0;
    const container = {
      now: () => nowMs,
      exited: async () => undefined,
      exec: async () => {
        nowMs += 1000;
        return { code: left.shift() ?? 0, timedOut: false, output: '', afterMs: 1 };
      },
    };
    const { healthy, attempts } = await checkHealth(container, { argv: ['/check'], timeoutMs: 5000, retries: 2 }, sinceMs);
    return [healthy, attempts];
  };
  expect(await asked(0, 1, 0)).toEqual([true, 2]);
  expect(await asked(0, 1, 1, 0)).toEqual([false, 2]);
  expect(await asked(3000, 1, 1, 1, 1, 0)).toEqual([true, 5]);
  expect(await asked(3000, 1, 1, 1, 1, 1, 0)).toEqual([false, 5]);
});

test('beside a service that has ended no check is asked again', async () => {
  const exit = { code: 1, signal: null, atMs: 5 };
  const end = { code: null, timedOut: false, output: 'the container has ended', afterMs: 1 };
  const container = { now: () => 0, exited: async () => exit, exec: async () => end };
  expect(await checkHealth(container, { argv: ['/check'], timeoutMs: 5000, retries: 9 }, 60_000)).toMatchObject({
    healthy: false,
    attempts: 1,
  });
});

test('a check that is to fail is asked again where it took a second to, until as many times in a row as Docker counts', async () => {
  const end = (code: number, afterMs: number) => ({ code, timedOut: false, output: '', afterMs });
  const asked = async (...ends: readonly ReturnType<typeof end>[]) => {
    const left = [...ends];
    const last = await askToFail({ exec: async () => left.shift()! }, { argv: ['/check'], timeoutMs: 5000, retries: 3 });
    return [last, left.length];
  };
  expect(await asked(end(1, 2100), end(0, 300), end(1, 1))).toEqual([end(0, 300), 1]);
  expect(await asked(end(1, 999), end(0, 1))).toEqual([end(1, 999), 1]);
  expect(await asked(end(1, 2100), end(1, 2200), end(1, 2300), end(0, 1))).toEqual([end(1, 2300), 1]);
});
