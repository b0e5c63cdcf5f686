import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Container } from '../types.ts';
import { openKit, outputOf, whyNoContainers, type Kit } from '../kit.testing.ts';
import { KEPT_LINES } from '../log.ts';

const why = await whyNoContainers();
const up = (c: Container) => c.waitForLog(({ text }) => text === 'up', 30_000);

/** Processes of this machine with these words in their command line, zombies left out. */
function running(words: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^[0-9]+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').includes(words);
    } catch {
      return false; // it ended
    }
  });
}

describe.skipIf(why !== undefined)(`what a container can use up${why === undefined ? '' : ` (${why})`}`, { timeout: 120_000 }, () => {
  let kit: Kit;
  beforeAll(async () => {
    kit = await openKit();
  });
  afterAll(() => kit.close());

  // Only kernels before 5.14 count all processes of a user together.
  test.each(['10001:10001', '0:0'])('processes: as many as it likes up to a bound, and others run on, as %s', async (user) => {
    const bomb = '( while :; do sleep 87651 & done ) 2>/dev/null; echo up; exec sleep 87651';
    const seen = await kit.script(
      bomb,
      async (c) => {
        await up(c);
        const count = c.processes().then((all) => all.length);
        const check = await c.exec(['sh', '-c', 'echo checked'], 20_000);
        const other = await kit.script('echo other', outputOf);
        return { count: await count, check: check.output, other };
      },
      { config: { User: user } },
    );
    expect(seen).toMatchObject({ check: 'checked\n', other: 'other' });
    expect(seen.count).toBeGreaterThan(1500);
    expect(seen.count).toBeLessThanOrEqual(2048);
    expect(running('sleep 87651')).toEqual([]);
  });

  test('room: everything that can be written is bounded, a read-only root', async () => {
    const text = await kit.script(
      'for f in /tmp/x /data/x /dev/x /dev/shm/x; do busybox fallocate -l 8G $f; done; df -i /tmp | tail -1; : >/tmp/y; : >/data/y && echo still works',
      outputOf,
      { config: { User: '0:0' }, options: { writablePaths: ['/tmp', '/data'] } },
    );
    expect(text.match(/No space left on device/g)).toHaveLength(4);
    expect(Number(/ ([0-9]+) +[0-9]+ +[0-9]+ +[0-9]+% \/tmp/.exec(text)?.[1])).toBeLessThanOrEqual(2 ** 18);
    expect(text).toContain('still works');
  });

  test('room: everything that can be written is bounded, a writable root', async () => {
    const text = await kit.script(
      'for f in /x /etc/hosts /dev/x; do busybox fallocate -l 40G $f; done; df -i / | tail -1; echo still works >/tmp/y && cat /tmp/y',
      outputOf,
      { config: { User: '0:0' }, options: { readOnlyRoot: false } },
    );
    expect(text.match(/No space left on device/g)).toHaveLength(3);
    expect(Number(/ ([0-9]+) +[0-9]+ +[0-9]+ +[0-9]+% \/$/m.exec(text)?.[1])).toBeLessThanOrEqual(2 ** 18);
    expect(text).toContain('still works');
  });

  test('open files, core files: bounded, whatever the user of this machine may have', async () => {
    const text = await kit.script('cat /proc/self/limits', outputOf);
    expect(Number(/^Max open files +([0-9]+)/m.exec(text)?.[1])).toBeLessThanOrEqual(65_536);
    expect(text).toMatch(/^Max core file size +1 +1 /m);
  });

  test('output: one that prints without end is answered beside, and keeps what the log keeps', async () => {
    await kit.script('echo up; exec yes', async (c) => {
      await up(c);
      for (let i = 0; i < 3; i += 1)
        expect(await c.exec(['sh', '-c', 'echo checked'], 20_000)).toMatchObject({ code: 0, output: 'checked\n' });
      expect(await c.request({ port: 1, method: 'GET', path: '/' })).toMatchObject({ answered: false, why: 'refused' });
      expect(c.logs().length).toBeLessThanOrEqual(2 * KEPT_LINES);
    });
  });

  test('time: a health check that never ends is ended, whatever it ignores', async () => {
    await kit.script('echo up; exec sleep 60', async (c) => {
      await up(c);
      const end = await c.exec(['sh', '-c', 'trap "" TERM INT HUP; exec sleep 87652'], 1000);
      expect(end).toMatchObject({ timedOut: true, code: null });
      expect(running('sleep 87652')).toEqual([]);
    });
  });

  test('processes that left their session and their parents end with it', async () => {
    const leave = 'busybox setsid sh -c "sleep 87653 & sleep 87653 &" & (busybox setsid sleep 87653 &); sleep 0.3; echo up; sleep 60';
    await kit.script(leave, async (c) => {
      await up(c);
      expect(running('sleep 87653').length).toBeGreaterThanOrEqual(3);
    });
    expect(running('sleep 87653')).toEqual([]);
  });

  test.each([true, false])(
    'names that are no text, and folders deeper than a path can say, are told as far as they can be (read-only root: %s)',
    async (readOnlyRoot) => {
      const deep =
        'cd /tmp; : >"$(printf "a\\377")"; i=0; while [ $i -lt 900 ]; do mkdir ddddd && cd ./ddddd || break; i=$((i + 1)); done 2>/dev/null; echo up; exec sleep 60';
      const changes = await kit.script(
        deep,
        async (c) => {
          await up(c);
          return c.changes();
        },
        { options: { readOnlyRoot, writablePaths: readOnlyRoot ? ['/tmp'] : [] } },
      );
      expect(changes.map(({ path }) => path)).toContain('/tmp/a\ufffd');
      expect(changes.length).toBeGreaterThan(500);
    },
  );

  test('a thousand zombies are counted as such, and are in nobody’s way', async () => {
    // PID 1 is a program that reaps nothing.
    const die = '( sleep 1; i=0; while [ $i -lt 1200 ]; do ( true & ); i=$((i + 1)); done; echo up ) & exec sleep 60';
    await kit.script(die, async (c) => {
      await up(c);
      expect((await c.processes()).filter(({ state }) => state === 'zombie').length).toBeGreaterThan(1000);
      expect(await c.exec(['true'], 20_000)).toMatchObject({ code: 0 });
    });
  });
});
