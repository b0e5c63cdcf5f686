import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandLines, openKit, whyNoContainers, type Kit } from './kit.testing.ts';

const why = await whyNoContainers();
const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
const redis = {
  name: 'redis',
  argv: ['redis-server', '--bind', '127.0.0.1', '--port', '6399', '--save', ''],
  port: 6399,
  install: 'install it',
};

describe.skipIf(why !== undefined)('programs of the host beside a container', () => {
  let kit: Kit;
  beforeAll(async () => {
    kit = await openKit();
  });
  afterAll(() => kit.close());

  test.skipIf(!hasRedis)('redis answers on the loopback of the container, before the service starts, and nowhere else', async () => {
    const script = 'printf "PING\\r\\nQUIT\\r\\n" | nc 127.0.0.1 6399; sleep 60';
    await kit.script(
      script,
      async (container) => {
        expect(await container.waitForLog(({ text }) => text.includes('+PONG'), 20_000)).toBeDefined();
        expect(await canConnect(6399)).toBe(false);
      },
      { options: { companions: [redis] } },
    );
  });

  test.skipIf(!hasRedis)('one is taken away and brought back while the service runs', async () => {
    const script = 'while :; do printf "PING\\r\\nQUIT\\r\\n" | nc 127.0.0.1 6399 2>&1; echo .; sleep 0.1; done';
    await kit.script(
      script,
      async (container) => {
        const next = (text: string) => container.waitForLog((line) => line.atMs > from && line.text.includes(text), 20_000);
        let from = 0;
        expect(await next('+PONG')).toBeDefined();
        await container.companion('redis').stop();
        from = container.now();
        expect(await next('refused')).toBeDefined();
        await container.companion('redis').start();
        from = container.now();
        expect(await next('+PONG')).toBeDefined();
        expect(() => container.companion('postgres')).toThrow('no companion `postgres`');
      },
      { options: { companions: [redis] } },
    );
  });

  test('what it starts ends with it, also what has left its process group', async () => {
    const code = 'setsid sleep 98765 & exec redis-server --bind 127.0.0.1 --port 6399 --save ""';
    await kit.script('sleep 60', async () => {}, { options: { companions: [{ ...redis, argv: ['sh', '-c', code] }] } });
    await expect.poll(() => commandLines().filter((line) => line.includes('sleep\x0098765')), { timeout: 10_000 }).toEqual([]);
  });

  test('a program that refuses root runs as somebody else, and owns its folder', async () => {
    const code = 'test "$(id -u)" -ne 0 && test -O . && echo mine > file && cat file; exit 3';
    const run = kit.script('sleep 60', async () => {}, {
      options: { companions: [{ ...redis, argv: ['sh', '-c', code], refusesRoot: true }] },
    });
    await expect(run).rejects.toThrow('redis ended with 3: mine');
  });

  test('a step before it that fails is an error with its last words', async () => {
    const run = kit.script('sleep 60', async () => {}, {
      options: { companions: [{ ...redis, before: [['sh', '-c', 'echo no room >&2; exit 4']] }] },
    });
    await expect(run).rejects.toThrow('redis `sh` ended with 4: no room');
  });

  test('a program that is not there is named, with how to get it', async () => {
    const missing = { ...redis, argv: ['no-such-server-here'] };
    const run = kit.script('sleep 60', async () => {}, { options: { companions: [missing] } });
    await expect(run).rejects.toMatchObject({
      message: expect.stringContaining('`no-such-server-here` is not on this machine'),
      hint: 'install it',
    });
  });

  test('a program that ends is an error with its last words', async () => {
    const ending = { ...redis, argv: ['sh', '-c', 'echo no licence; exit 3'] };
    const run = kit.script('sleep 60', async () => {}, { options: { companions: [ending] } });
    await expect(run).rejects.toThrow('redis ended with 3: no licence');
  });
});

const canConnect = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
  });
