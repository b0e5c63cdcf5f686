import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pidNamespace } from '../../base/node.ts';
import { commandLines, outputOf, openKit, whyNoContainers, type Kit } from '../kit.testing.ts';
import { startEngine, whyNoEngine, type Engines } from './engines.testing.ts';
import { podman } from './client.ts';
import { execBeside } from './exec.ts';
import { exitOf } from './exit.ts';

const noContainers = await whyNoContainers();
const ENGINES = (['docker', 'podman'] as const).map((id) => ({ id, why: noContainers ?? whyNoEngine(id) }));

describe.each(ENGINES)('the runner $id', { timeout: 120_000 }, ({ id, why }) => {
  let kit: Kit;
  let engines: Engines | undefined;
  let whyNot = why;
  const said = (...words: readonly string[]): string => spawnSync(id, words, { encoding: 'utf8' }).stdout.trim();
  beforeAll(async () => {
    if (why !== undefined) return;
    engines = await startEngine(id);
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

  test('gives values of one line and of several, and no list of arguments has them', async () => {
    const environment = { SECRET: 'a secret = "with blanks"', KEY: '-----BEGIN\nmany lines\n' };
    const lines = await kit.script(
      'printf "%s|%s" "$SECRET" "$KEY"; sleep 60',
      async (c) => {
        await c.waitForLog((line) => line.text.startsWith('many'), 20_000);
        expect(commandLines().join('\n')).not.toContain('with blanks');
        expect(commandLines().join('\n')).not.toContain('many lines\n');
        return c.logs().map((line) => line.text);
      },
      { options: { environment } },
    );
    expect(lines).toEqual(['a secret = "with blanks"|-----BEGIN', 'many lines']);
  });

  test('has companions in the service’s network by their names, before it starts', async () => {
    const web = {
      name: 'web',
      argv: ['python3', '-m', 'http.server', '--bind', '127.0.0.1', '8099'],
      port: 8099,
      install: 'install python3',
    };
    const text = await kit.script('wget -q -O - http://web:8099/ >/dev/null && echo had', outputOf, {
      options: { companions: [web], hosts: ['web'] },
    });
    expect(text).toBe('had');
  });

  test('counts against a program its own time, and not what the engine takes before and after it', async () => {
    const slow = slowExec(id, 2);
    const ends = await kit.script('sleep 60', async (c) => {
      const restore = slow.use();
      const ended = [await c.exec(['sh', '-c', 'sleep 0.3; echo asked'], 1_500), await c.exec(['sleep', '60'], 500)];
      restore();
      return [...ended, await c.exec(['ps'], 20_000)];
    });
    expect(ends).toMatchObject([
      { code: 0, output: 'asked\n', timedOut: false },
      { code: null, timedOut: true },
      { code: 0, output: expect.not.stringMatching(/sleep 60\n.*sleep 60\n/s) },
    ]);
    slow.remove();
  });

  test('leaves nothing when the work fails, and takes away what a killed process left, and only that', async () => {
    await expect(kit.script('sleep 60', () => Promise.reject(new Error('mine')), { options: { writablePaths: ['/tmp'] } })).rejects.toThrow(
      'mine',
    );
    expect([said('ps', '-aq'), said('volume', 'ls', '-q')]).toEqual(['', '']);
    // No process has had this id: it is above what the kernel gives (proc_sys_kernel(5), pid_max).
    const left = `plimsoll-99999999.1-${pidNamespace()}-1`;
    for (const name of [left, 'of-others']) said('volume', 'create', '--label', 'plimsoll.run', name);
    const second = await openKit(id);
    expect(await second.available()).toMatchObject({ ok: true });
    await second.close();
    expect(said('volume', 'ls', '-q')).toBe('of-others');
    said('volume', 'rm', 'of-others');
  });

  test('removes the images that it loaded when it is closed', async () => {
    const names = (): readonly string[] => said('images', '--format', '{{.Tag}}').split('\n').toSorted();
    const before = names();
    const own = await openKit(id);
    expect(await own.script('echo up', outputOf)).toBe('up');
    expect(names().length).toBeGreaterThan(before.length);
    await own.close();
    expect(names()).toEqual(before);
  });
});

test('an exit status is a signal only where PID 1 can die of that', () => {
  expect([0, 1, 130, 143].map(exitOf)).toEqual([0, 1, 130, 143].map((code) => ({ code, signal: null })));
  expect([137, 139].map((status) => exitOf(status).signal)).toEqual(['SIGKILL', 'SIGSEGV']);
});

test('an engine that never begins a program is the machine’s fault and not the program’s', async () => {
  const slow = slowExec('podman', 60);
  const restore = slow.use();
  const agent = { begin: <T>() => ({ id: 1, result: Promise.resolve({ timedOut: false } as T) }), call: async <T>() => ({}) as T };
  const end = execBeside({ client: podman, agent, id: 'c', pid: 0 }, ['/check'], 10, 200);
  await expect(end).rejects.toMatchObject({ name: 'EnvironmentError', message: expect.stringContaining('to begin `/check`') });
  restore();
  slow.remove();
});

/** An engine's program that waits so many seconds before and after each `exec`, for as long as it is in `use`. */
function slowExec(id: string, seconds: number): { readonly use: () => () => void; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-slow-'));
  const path = process.env['PATH'] ?? '';
  const body = `PATH='${path}'\n[ "$1" = exec ] || exec ${id} "$@"\nsleep ${seconds}\n${id} "$@"\ncode=$?\nsleep ${seconds}\nexit $code\n`;
  // Words before the command, such as \`--runtime runc\`.
  const globals = 'words=\nwhile [ "${1#--}" != "$1" ]; do words="$words $1 $2"; shift 2; done\n';
  writeFileSync(join(folder, id), `#!/bin/sh\n${globals}${body.replaceAll(`${id} "$@"`, `${id} $words "$@"`)}`, { mode: 0o755 });
  return {
    use() {
      process.env['PATH'] = `${folder}:${path}`;
      return () => (process.env['PATH'] = path);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
