import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKit, whyNoContainers, type Kit } from './kit.testing.ts';

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
