import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { request as httpRequest, createServer as createHttpServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startEngine, whyNoEngine, type Engines } from './docker/engines.testing.ts';
import type { Container } from './types.ts';
import { tarOf } from './image.testing.ts';
import { ECHO_HANDLER, lacksOwners, openKit, outputOf, whyNoContainers, type Kit } from './kit.testing.ts';
import { KEPT_LINES } from './log.ts';

/** Each runner that is here keeps the same promises; where its engine cannot, the test says what it does instead. */
const RUNNERS = await Promise.all(
  (['embedded', 'docker', 'podman'] as const).map(async (id) => ({
    id,
    why: (await whyNoContainers()) ?? (id === 'embedded' ? undefined : whyNoEngine(id)),
  })),
);
const noOwners = await lacksOwners();
const PORT = 8080;
const echo = { files: [{ path: 'echo', content: ECHO_HANDLER, mode: 0o755 }] };
const SERVE_ECHO = `exec nc -ll -p ${PORT} -e /echo`;

describe.each(RUNNERS)('a running container: $id', { timeout: 120_000 }, ({ id, why }) => {
  const isEmbedded = id === 'embedded';
  let kit: Kit;
  let engines: Engines | undefined;
  let whyNot = why;
  beforeAll(async () => {
    if (why !== undefined) return;
    engines = id === 'embedded' ? undefined : await startEngine(id);
    kit = await openKit(id);
    const available = await kit.available();
    // In CI its engine is there: that it cannot be used is a fault then.
    if (!available.ok && process.env['CI'] !== undefined) throw new Error(available.why);
    if (!available.ok) whyNot = available.why;
  }, 120_000);
  beforeEach((context) => context.skip(whyNot !== undefined, whyNot));
  afterAll(async () => {
    await kit?.close();
    await engines?.stop();
  });

  test('an exit code and a signal are told apart', async () => {
    const exit = (script: string) => kit.script(script, (c) => c.exited(10_000));
    expect(await exit('exit 143')).toMatchObject({ code: 143, signal: null });
    expect(await exit('exit 1')).toMatchObject({ code: 1, signal: null });
    expect(await exit('exit 0')).toMatchObject({ code: 0, signal: null });
    // A fault at PID 1 is deadly even there.
    expect(await exit('ulimit -s 16; f() { f; }; f')).toMatchObject({ code: null, signal: 'SIGSEGV' });
    const killed = await kit.script('echo up; sleep 60', async (c) => {
      await c.waitForLog(() => true, 10_000);
      await c.kill('SIGKILL');
      return c.exited(10_000);
    });
    expect(killed).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  test('SIGTERM does nothing to a PID 1 without a handler, and runs the handler of one that has it', async () => {
    const term = (script: string, withinMs = 20_000) =>
      kit.script(script, async (c) => {
        await c.waitForLog((line) => line.text === 'up', 10_000);
        await c.kill('SIGTERM');
        return c.exited(withinMs);
      });
    expect(await term('echo up; exec sleep 60', 500)).toBeUndefined();
    expect(await term('trap "exit 3" TERM; echo up; while :; do sleep 0.05; done')).toMatchObject({ code: 3, signal: null });
  });

  test('a program that is not there is exit 127 and a line that names it; a working folder that is not there is made', async () => {
    const text = await kit.script('', async (c) => [await c.exited(10_000), c.logs()] as const, { config: { Entrypoint: ['/no/such'] } });
    expect(text[0]).toMatchObject({ code: 127 });
    expect(text[1].at(-1)?.text).toContain('/no/such');
    expect(await kit.script('pwd', outputOf, { config: { WorkingDir: '/srv/app' } })).toBe('/srv/app');
  });

  test("ready is when it answers below 400 in its own network, whatever listens on the host's port", async () => {
    const impostor = createHttpServer((_, response) => response.end('fooled'));
    await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
    const { port } = impostor.address() as AddressInfo;
    try {
      await kit.script('sleep 60', async (c) => {
        expect(await c.waitReady({ port, path: '/' }, 300)).toMatchObject({ ready: false, why: 'not listening' });
        expect(await c.request({ port, method: 'GET', path: '/' })).toMatchObject({ answered: false, why: 'refused', partial: false });
      });
    } finally {
      impostor.close();
    }
  });

  test('waitReady says when it was, what the last answer was, or how it exited', async () => {
    const serve = `sleep 0.3; mkdir /tmp/www; echo hello >/tmp/www/index.html; httpd -p ${PORT} -h /tmp/www; sleep 60`;
    await kit.script(
      serve,
      async (c) => {
        const ready = await c.waitReady({ port: PORT, path: '/' }, 10_000);
        expect(ready).toMatchObject({ ready: true });
        expect(ready.afterMs).toBeGreaterThan(300);
        expect(ready.afterMs).toBeLessThan(c.now());
        expect(await c.waitReady({ port: PORT }, 10_000)).toMatchObject({ ready: true });
        expect(await c.waitReady({ port: PORT, path: '/none' }, 2_000)).toMatchObject({ ready: false, why: '/none answered 404' });
        expect(await c.request({ port: PORT, method: 'GET', path: '/' })).toMatchObject({ answered: true, status: 200, body: 'hello\n' });
        expect((await c.listening()).filter((l) => l.port === PORT)).toHaveLength(1);
      },
      { options: { writablePaths: ['/tmp'] } },
    );
    const gone = await kit.script('exit 4', (c) => c.waitReady({ port: PORT, path: '/' }, 10_000));
    expect(gone).toMatchObject({ ready: false, why: 'exited with code 4', exit: { code: 4 } });
  });

  test('of several ports one is enough: the others are named when they have had a second', async () => {
    await kit.script(`sleep 0.2; httpd -p ${PORT + 1} -h /; sleep 0.4; httpd -p ${PORT} -h /; sleep 60`, async (c) => {
      const some = await c.waitReady({ port: PORT + 2, others: [PORT, PORT + 1] }, 10_000);
      expect(some).toMatchObject({ ready: true, unheard: [PORT + 2] });
      expect(some.afterMs).toBeGreaterThan(600);
      expect(c.now() - some.afterMs).toBeGreaterThan(900);
      const all = await c.waitReady({ port: PORT, others: [PORT + 1] }, 10_000);
      expect(all).toMatchObject({ ready: true });
      expect(all).not.toHaveProperty('unheard');
      expect(await c.waitReady({ port: PORT + 2, others: [PORT] }, 100)).toMatchObject({ ready: true, unheard: [PORT + 2] });
      expect(await c.waitReady({ port: PORT + 2, others: [PORT + 3] }, 100)).toMatchObject({ ready: false, why: 'not listening' });
    });
  });

  test('what answers in place of the service does so by each address that the container has', async () => {
    await kit.script('sleep 60', async (c) => {
      await c.answerAll(PORT, 503);
      const asked = async (host: string) => (await c.exec(['wget', '-O', '-', `http://${host}:${PORT}/`], 5000)).output;
      expect(await asked('127.0.0.1')).toContain('503');
      const { output } = await c.exec(['cat', '/proc/net/if_inet6'], 5000);
      if (output.includes('00000000000000000000000000000001 ')) expect(await asked('[::1]')).toContain('503');
    });
  });

  test('a request can be begun, left unanswered with half its body sent, and finished', async () => {
    await kit.script(
      SERVE_ECHO,
      async (c) => {
        await c.waitReady({ port: PORT }, 10_000);
        const pending = await c.begin({ port: PORT, method: 'POST', path: '/', body: 'first,second', firstBytes: 6 });
        await new Promise((resolve) => setTimeout(resolve, 100));
        expect(await pending.unanswered()).toBe(true);
        expect(await pending.finish()).toMatchObject({ answered: true, status: 200, body: 'first,second', headers: { 'x-kind': 'echo' } });
      },
      echo,
    );
  });

  test('a request in flight when the service dies is not answered, and so is one that takes too long', async () => {
    await kit.script(
      SERVE_ECHO,
      async (c) => {
        await c.waitReady({ port: PORT }, 10_000);
        const slow = { port: PORT, method: 'POST', path: '/', body: 'first,second', firstBytes: 6 };
        const late = await c.begin({ ...slow, timeoutMs: 50 });
        await new Promise((resolve) => setTimeout(resolve, 150));
        expect(await late.finish()).toMatchObject({ answered: false, why: 'timed out' });
        const pending = await c.begin(slow);
        await new Promise((resolve) => setTimeout(resolve, 50));
        await c.kill('SIGKILL');
        await c.exited(10_000);
        expect(await pending.finish()).toMatchObject({ answered: false, partial: false });
        expect(await c.request({ port: PORT, method: 'GET', path: '/' })).toMatchObject({ answered: false, why: 'refused' });
      },
      echo,
    );
  });

  test('exec runs in the container as its user, confined as it is, and is killed in time', async () => {
    const health = [
      'sh',
      '-c',
      'echo $A; id -u; grep -E "^(NoNewPrivs|CapEff|CapPrm)" /proc/self/status; ps | grep -c "[s]leep 61"; touch /x; echo late >&2; exit 5',
    ];
    await kit.script(
      'sleep 61',
      async (c) => {
        const end = await c.exec(health, 10_000);
        expect(end).toMatchObject({ code: 5, timedOut: false });
        // Docker sends its two streams side by side: which line of them comes first is nobody's promise.
        const lines =
          'value\n10001\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\n1\ntouch: /x: Read-only file system\nlate\n';
        expect(end.output.split('\n').toSorted()).toEqual(lines.split('\n').toSorted());
        expect(await c.exec(['sleep', '60'], 200)).toMatchObject({ code: null, timedOut: true });
        expect(await c.exited(0)).toBeUndefined();
      },
      { config: { Env: ['A=value'] } },
    );
  });

  test('logs keep order, stream and time, and are bounded however much is printed', async () => {
    await kit.script('echo a; sleep 0.2; echo b >&2; printf no-newline', async (c) => {
      expect(await c.waitForLog((line) => line.stream === 'stderr', 10_000)).toMatchObject({ text: 'b' });
      await c.exited(10_000);
      const lines = c.logs();
      expect(lines.map((line) => `${line.stream} ${line.text}`)).toEqual(['stdout a', 'stderr b', 'stdout no-newline']);
      expect(lines[1]!.atMs - lines[0]!.atMs).toBeGreaterThan(isEmbedded ? 150 : 50);
    });
    await kit.script('head -c 30000000 /dev/zero | tr "\\0" x; echo; seq 200000', async (c) => {
      expect(await c.exited(30_000)).toMatchObject({ code: 0 });
      const lines = c.logs();
      expect(lines).toHaveLength(2 * KEPT_LINES);
      expect(lines[0]!.text.length).toBeLessThan(17_000);
      expect(lines[0]!.text).toMatch(/^x+ … \(29983616 bytes more\)$/);
      expect([lines[1]!.text, lines.at(-1)!.text, lines[KEPT_LINES]!.text]).toEqual(['1', '200000', String(200_000 - KEPT_LINES + 1)]);
    });
  });

  test('what was written is known, and can be read: under a writable root and in writable paths, also after the end', async () => {
    const files = [
      { path: 'app', type: 'directory' as const, uid: 10001 },
      { path: 'app/old', content: 'x', uid: 10001 },
      { path: 'app/gone', content: 'x', uid: 10001 },
      { path: 'app/again', type: 'directory' as const, uid: 10001 },
      { path: 'app/again/inner', content: 'x', uid: 10001 },
    ];
    const script =
      'cd /app; mkdir new; echo 1 >new/file; echo 2 >>old; rm gone; rm -r again; mkdir again; echo t >/tmp/t; ls /dev >/dev/null';
    const read = (c: Container): string => readFileSync(c.written('/app/new/file'), 'utf8') + readFileSync(c.written('/app/old'), 'utf8');
    const [changes, texts] = await kit.script(script, async (c) => (await c.exited(10_000), [await c.changes(), read(c)] as const), {
      files,
      options: { readOnlyRoot: false },
    });
    expect(texts).toBe('1\nx2\n');
    const gone = changes.filter((it) => it.kind === 'removed');
    const there = changes.filter((it) => it.kind !== 'removed').map((it) => `${it.kind} ${it.type} ${it.path}`);
    expect(there.toSorted()).toEqual([
      'added directory /app/new',
      'added file /app/new/file',
      'added file /tmp/t',
      'changed file /app/old',
    ]);
    // Podman on overlay tells a folder that was made anew as removed, and not what had been in it.
    expect(gone.map((it) => it.path.replace(/^\/app\/again$/, '/app/again/inner')).toSorted()).toEqual(['/app/again/inner', '/app/gone']);
    if (isEmbedded) expect(gone.map((it) => it.type)).toEqual(['file', 'file']);
    const declared = await kit.script('touch /data/a; mkdir /data/b; touch /nope', async (c) => (await c.exited(10_000), c.changes()), {
      options: { writablePaths: ['/data'] },
    });
    expect(declared.map((change) => `${change.kind} ${change.path}`)).toEqual(['added /data/a', 'added /data/b']);
  });

  test("the image's own volumes begin with what it has there, whose it is there, and what is written to them is known", async () => {
    const files = [
      { path: 'kept', type: 'directory' as const, uid: 10001, gid: 10001 },
      { path: 'kept/seed', content: 'seed', uid: 10001, gid: 10001 },
      { path: 'kept/link', type: 'symlink' as const, target: '/etc/hostname' },
      { path: 'kept/below', type: 'directory' as const, uid: 10001 },
      { path: 'kept/below/gone', content: 'x', uid: 10001 },
      { path: 'kept/below/stays', content: 'y' },
      { path: 'roots', type: 'directory' as const },
    ];
    const script =
      'cd /kept; stat -c "%n %u %a %F" /kept seed link below/stays /roots /other; echo more >>seed; rm below/gone; echo n >new; touch /roots/no /other/no; true';
    const [text, changes] = await kit.script(script, async (c) => [await outputOf(c), await c.changes()] as const, {
      files,
      config: { Volumes: { '/kept': {}, '/roots/': {}, '/other': {} } },
      options: { readOnlyRoot: true, writablePaths: ['/kept', '/roots', '/other', '/tmp'] },
    });
    const asOther = await kit.script('stat -c "%n %u %g" /kept /kept/below/stays; touch /kept/below/new && echo may', outputOf, {
      files,
      config: { Volumes: { '/kept': {} } },
      options: { readOnlyRoot: true, writablePaths: ['/kept'], user: { uid: 20002, gid: 0 } },
    });
    if (!noOwners) expect(asOther).toBe('/kept 20002 0\n/kept/below/stays 20002 0\nmay');
    const owner = noOwners && isEmbedded ? 0 : 10001;
    expect(text.split('\n').slice(0, 6)).toEqual([
      `/kept ${owner} 755 directory`,
      `seed ${owner} 644 regular file`,
      'link 0 777 symbolic link',
      'below/stays 0 644 regular file',
      '/roots 0 755 directory',
      '/other 0 755 directory',
    ]);
    const told = changes.map((it) => `${it.kind} ${it.type} ${it.path}`).toSorted();
    const roots = noOwners && isEmbedded ? ['added file /other/no', 'added file /roots/no'] : [];
    expect(told).toEqual(['added file /kept/new', ...roots, 'changed file /kept/seed', 'removed file /kept/below/gone']);
  });

  test('a program that does nothing stands in the place of the service, and others run beside it', async () => {
    const [ended, listed] = await kit.script(
      'exit 1',
      async (c) => [await c.exited(300), await c.exec(['cat', '/proc/1/comm'], 10_000), c.kill('SIGKILL')] as const,
      { options: { argv: 'idle' } },
    );
    expect([ended, listed.code, listed.output.trim()]).toEqual([undefined, 0, 'plimsoll-idle']);
  });

  test('a published port leads into the container, and only while it runs', async () => {
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    const body = await kit.script(
      SERVE_ECHO,
      async (c) => {
        await c.waitReady({ port: PORT }, 10_000);
        return post(port, 'x'.repeat(1000));
      },
      { ...echo, options: { publish: [{ host: port, container: PORT }] } },
    );
    expect(body).toBe('x'.repeat(1000));
    await expect(post(port, 'x')).rejects.toThrow(/ECONNREFUSED/);
  });

  test('text is exchanged over TCP until the answer has come, and what did not come is said', async () => {
    const upper = '#!/bin/sh\nread -r line\necho "$line" | tr a-z A-Z\n';
    await kit.script(
      `exec nc -ll -p ${PORT} -e /upper`,
      async (c) => {
        await c.waitReady({ port: PORT }, 10_000);
        const say = (until: string, port = PORT) => c.exchange({ port, send: 'hello\n', until, timeoutMs: 10_000 });
        expect(await say('HELLO')).toEqual({ text: 'HELLO\n' });
        expect(await say('hello')).toEqual({ text: 'HELLO\n', why: 'closed' });
        expect(await say('HELLO', PORT + 1)).toEqual({ text: '', why: 'refused' });
      },
      { files: [{ path: 'upper', content: upper, mode: 0o755 }] },
    );
  });

  test('peak memory is measured; by the kernel where a limit can be set, which then holds', async () => {
    const eat = 'echo up; head -c 40000000 /dev/zero | tail -c 39000000 >/dev/null; echo done; sleep 60';
    const sampled = await kit.script(eat, async (c) => (await c.waitForLog((l) => l.text === 'done', 20_000), c.memory()));
    if (isEmbedded) expect(sampled.how).toBe('sampled');
    else expect(sampled.peakBytes).toBeGreaterThan(1_000_000);
    const available = await kit.available();
    if (available.ok && available.lacks.some((lack) => lack.ability === 'memory-limit')) return;
    const counted = await kit.script(eat, async (c) => (await c.waitForLog((l) => l.text === 'done', 20_000), c.memory()), {
      options: { memoryBytes: 100_000_000 },
    });
    expect(counted.how).toBe('cgroup');
    expect(counted.peakBytes).toBeGreaterThan(39_000_000);
    // What `tail` held is free again.
    expect(counted).toMatchObject({ oomKills: 0, inUseBytes: expect.toSatisfy((it: number) => it > 0 && it < 20_000_000) });
    const [said, memory] = await kit.script(
      'tail -c 90000000 /dev/zero >/dev/null & wait $!; echo $?; sleep 60',
      async (c) => [await c.waitForLog((l) => l.stream === 'stdout', 20_000), await c.memory()] as const,
      { options: { memoryBytes: 20_000_000 } },
    );
    expect([said?.text, memory]).toEqual(['137', expect.objectContaining({ how: 'cgroup', oomKills: 1 })]);
  });

  test('a writable path holds a gibibyte at most', async () => {
    const options = { writablePaths: ['/data'], readOnlyRoot: true };
    const text = await kit.script('df -k /data | tail -n 1', outputOf, { options });
    expect(Number(text.trim().split(/\s+/)[1])).toBeLessThanOrEqual(1024 ** 2);
  });

  test('processes are told by state, parent and privilege, zombies too, and what `exec` starts is none of them', async () => {
    // sleep(1) as PID 1 reaps nobody.
    await kit.script('sleep 60 & true & exec sleep 61', async (c) => {
      const look = c.exec(['sleep', '3'], 10_000);
      await expect
        .poll(async () => (await c.processes()).map(({ parent, name, state }) => `${parent} ${name} ${state}`), { timeout: 2_500 })
        .toEqual(['0 sleep alive', '1 sleep alive', '1 sh zombie']);
      const [first] = await c.processes();
      expect(first).toMatchObject({ pid: 1, capabilities: 0n, bounding: 0n, noNewPrivileges: true });
      await look;
    });
  });

  test('a program that is to run beside one that has ended is an end by itself, and no fault of this machine', async () => {
    await kit.script('exit 3', async (c) => {
      await c.exited(10_000);
      expect(await c.exec(['echo', 'x'], 10_000)).toMatchObject({ code: null, timedOut: false, output: 'the container has ended' });
    });
  });

  test('what is frozen answers no more, and a program beside it still runs', async () => {
    await kit.script(
      SERVE_ECHO,
      async (c) => {
        await c.waitReady({ port: PORT }, 10_000);
        await c.freeze();
        expect((await c.processes()).map((it) => it.state)).toEqual(['stopped']);
        expect(await c.request({ port: PORT, method: 'GET', path: '/', timeoutMs: 300 })).toMatchObject({ answered: false });
        expect(await c.exec(['echo', 'still here'], 10_000)).toMatchObject({ code: 0, output: 'still here\n' });
        await c.kill('SIGTERM');
        expect(await c.exited(300)).toBeUndefined();
      },
      echo,
    );
  });

  test('one process is paused and the others run on; who handles a signal is told', async () => {
    await kit.script('sh -c "trap : TERM; echo up; sleep 60" & exec sleep 61', async (c) => {
      await c.waitForLog(() => true, 10_000);
      const [first, second] = await c.processes();
      expect([first, second].map((it) => (it!.handles >> 14n) & 1n)).toEqual([0n, 1n]);
      await c.pause(second!.pid);
      const states = async (): Promise<readonly string[]> => (await c.processes()).map((it) => it.state);
      await expect.poll(states, { timeout: 2_500 }).toEqual(['alive', 'stopped', 'alive']);
    });
  });

  // Docker takes 125 layers, and unpacks them itself.
  test.skipIf(noOwners || !isEmbedded)(
    'layers above hide what they remove: single files, whole folders, and 127 of them stack',
    async () => {
      const files = [
        { path: 'app', type: 'directory' as const, mode: 0o750, uid: 10001, gid: 10001 },
        { path: 'app/a', content: 'a' },
        { path: 'app/b', content: 'b' },
        { path: 'lib', type: 'directory' as const },
        { path: 'lib/old', content: 'x' },
        { path: 'lib/sub', type: 'directory' as const },
        { path: 'lib/sub/deep', content: 'x' },
      ];
      const removing = tarOf([
        { path: 'app/.wh.a' },
        { path: 'lib', type: 'directory' },
        { path: 'lib/.wh..wh..opq' },
        { path: 'lib/new', content: 'x' },
        { path: 'lib/sub', type: 'directory' },
      ]);
      const many = Array.from({ length: 125 }, (_, i) =>
        tarOf([
          { path: 'n', type: 'directory' },
          { path: `n/${i}`, content: 'x' },
        ]),
      );
      const text = await kit.script('ls /app; find /lib | sort; ls /n | wc -l; stat -c "%a %u" /app', outputOf, {
        files,
        above: [removing, ...many],
      });
      expect(text.split('\n')).toEqual(['b', '/lib', '/lib/new', '/lib/sub', '125', '750 10001']);
    },
  );

  test('an error in the work, and an aborted signal, end the container', async () => {
    await expect(kit.script('sleep 60', () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
    const abort = new AbortController();
    const work = async (c: Container): Promise<void> => {
      abort.abort(new Error('interrupted'));
      await c.exited(60_000);
    };
    await expect(kit.script('sleep 60', work, { options: { signal: abort.signal } })).rejects.toThrow('interrupted');
  });
});

function post(port: number, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, method: 'POST', path: '/', agent: false, headers: { 'content-length': body.length } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => resolve(text));
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
