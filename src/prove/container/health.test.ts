import { expect, test } from 'vitest';
import { contractOf, plainImage, plainLayer } from '../python-image.test-support.ts';
import { askToFail, checkOf } from './health.ts';

const argvOf = async (config: object): Promise<readonly string[] | undefined> =>
  (await checkOf(plainImage([plainLayer([])], config), contractOf({})))?.argv;

test('a check in shell form is run by the shell that the image names, as Docker does, else by /bin/sh', async () => {
  const Healthcheck = { Test: ['CMD-SHELL', 'exec 3<>/dev/tcp/127.0.0.1/80'] };
  expect(await argvOf({ Healthcheck })).toEqual(['/bin/sh', '-c', 'exec 3<>/dev/tcp/127.0.0.1/80']);
  expect(await argvOf({ Healthcheck, Shell: ['/bin/bash', '-c'] })).toEqual(['/bin/bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/80']);
  expect(await argvOf({ Healthcheck: { Test: ['CMD', '/check'] }, Shell: ['/bin/bash', '-c'] })).toEqual(['/check']);
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
