import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

const isRoot = process.geteuid!() === 0;

describe.skipIf(why !== undefined)('programs of the host beside a container', () => {
  let kit: Kit;
  beforeAll(async () => {
    kit = await openKit();
  });
  afterAll(() => kit.close());

  test.skipIf(!hasRedis)(
    'redis answers by its name on the loopback of the container, before the service starts, and nowhere else',
    async () => {
      const script = 'printf "PING\\r\\nQUIT\\r\\n" | nc cache 6399; sleep 60';
      await kit.script(
        script,
        async (container) => {
          expect(await container.waitForLog(({ text }) => text.includes('+PONG'), 20_000)).toBeDefined();
          expect(await canConnect(6399)).toBe(false);
        },
        { options: { companions: [redis], hosts: ['cache'] } },
      );
    },
  );

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

  /** What a companion says last before it ends. */
  const said = async (code: string): Promise<string> => {
    const run = kit.script('sleep 60', async () => {}, {
      options: { companions: [{ ...redis, argv: ['sh', '-c', `answer() { ${code}; }; answer 2>&1 | tr '\\n' ' '; exit 3`] }] },
    });
    const error = await run.then(
      () => new Error('it listens'),
      (reason: unknown) => reason as Error,
    );
    return error.message.replace(/^redis ended with 3(: )?/, '').trim();
  };

  test('one is nobody of the host: no root, no capability, no new privilege, under the filter of system calls', async () => {
    // Of root's an id of its own; of an ordinary user there is one id, which has another number inside.
    expect(await said('id -u')).not.toMatch(isRoot ? /^(0|65534)$/ : new RegExp(`^(0|${process.geteuid!()})$`));
    const status = await said('grep -E "^(Cap|NoNewPrivs|Seccomp:)" /proc/self/status');
    expect(status.match(/Cap\w+:\s0{16}/g)).toHaveLength(isRoot ? 5 : 4);
    expect(status).toMatch(/NoNewPrivs:\s1 Seccomp:\s2/);
    expect(await said('unshare --user true')).toContain('unshare');
  });

  test('one keeps its files in its folder and reads them again', async () => {
    expect(await said('echo mine >file && cat file && pwd && id -un')).toBe('mine /data companion');
  });

  test('one sees no file of the host but its programs and libraries', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-open-'));
    chmodSync(folder, 0o777);
    writeFileSync(join(folder, 'secret'), 'of the host');
    try {
      expect(await said('ls /')).toBe(
        'bin data dev etc lib lib64 old own proc run sbin tmp usr'.replace('lib64 ', existsSync('/lib64') ? 'lib64 ' : ''),
      );
      expect(await said(`cat ${folder}/secret; echo x >${folder}/written`)).not.toContain('of the host');
      expect(await said('ls -A /old /tmp /run | tr -d "\\n"')).toBe('/old:/run:/tmp:');
      expect(await said('cat /etc/shadow /root/.profile /proc/1/environ; ls /var /home /sys')).not.toMatch(/root:|HOME=|log/);
      expect(readdirSync(folder)).toEqual(['secret']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('one writes to its own folders alone, and not without end', async () => {
    const closed = isRoot ? ['/', '/usr', '/usr/bin', '/etc', '/own'] : ['/usr', '/usr/bin'];
    const tried = await said(`for each in ${closed.join(' ')}; do (echo x >$each/x) || echo refused; done`);
    expect(tried.match(/refused/g)).toHaveLength(closed.length);
    expect(await said('mount -o remount,rw /usr; umount /usr; echo $?')).toMatch(/[1-9]\d*$/);
    const full = await said('head -c 1200000000 /dev/zero >big || stat -c %s big');
    expect(full).toMatch(/No space left on device/);
    expect(Number(/\d+$/.exec(full)?.[0])).toBeLessThanOrEqual(1024 ** 3);
  });

  test('one sees no process but its own, and signals no other', async () => {
    const other = spawn('sleep', ['300']);
    try {
      expect(await said('ls /proc | grep -c "^[0-9]"')).toMatch(/^[2-9]$/);
      expect(await said(`kill -9 ${other.pid}`)).toMatch(/No such process/);
      expect(other.exitCode ?? other.signalCode).toBe(null);
    } finally {
      other.kill('SIGKILL');
    }
  });

  test('one reaches nothing outside of the container’s network', async () => {
    expect(await said('cat /proc/net/dev | grep : | cut -d: -f1 | tr -d " "')).toBe('lo');
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
