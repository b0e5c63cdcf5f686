import { expect, test } from 'vitest';
import { contractOf, plainImage, plainLayer } from '../python-image.test-support.ts';
import { checkOf } from './health.ts';

const argvOf = async (config: object): Promise<readonly string[] | undefined> =>
  (await checkOf(plainImage([plainLayer([])], config), contractOf({})))?.argv;

test('a check in shell form is run by the shell that the image names, as Docker does, else by /bin/sh', async () => {
  const Healthcheck = { Test: ['CMD-SHELL', 'exec 3<>/dev/tcp/127.0.0.1/80'] };
  expect(await argvOf({ Healthcheck })).toEqual(['/bin/sh', '-c', 'exec 3<>/dev/tcp/127.0.0.1/80']);
  expect(await argvOf({ Healthcheck, Shell: ['/bin/bash', '-c'] })).toEqual(['/bin/bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/80']);
  expect(await argvOf({ Healthcheck: { Test: ['CMD', '/check'] }, Shell: ['/bin/bash', '-c'] })).toEqual(['/check']);
});
