import { rmSync, existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accounts, openDriverKit, type DriverKit } from './driver-kit.testing.ts';
import { whyNoContainers } from '../kit.testing.ts';

const why = await whyNoContainers();

describe.skipIf(why !== undefined)(`containers of different users${why === undefined ? '' : ` (${why})`}`, { timeout: 120_000 }, () => {
  let kit: DriverKit;
  beforeAll(async () => {
    kit = await openDriverKit();
  });
  afterAll(() => kit.close());

  test.each(accounts())('as $name: the same user and no privileges; owners hold or are said to be lacking', async (account) => {
    const store = kit.storeFor(account);
    const driver = kit.start(account, store, 'facts');
    const found = await driver.next();
    expect(found, driver.complaint()).toBeDefined();
    const lines: readonly string[] = found!['lines'];
    expect(lines[0]).toBe('10001');
    expect(lines.filter((line) => line.startsWith('Cap'))).toHaveLength(5);
    for (const line of lines.filter((l) => l.startsWith('Cap'))) expect(line).toMatch(/\t0{16}$/);
    expect(lines).toContain('NoNewPrivs:\t1');
    expect(lines).toContain('Seccomp:\t2');
    expect(lines).toContain('1');
    expect(lines).toContain('written');
    expect(found!['exit']).toMatchObject({ code: 0, signal: null });
    expect(found!['changes']).toEqual([{ path: '/data/x', kind: 'added', type: 'file' }]);

    const lacks: readonly { ability: string; remedy: string }[] = found!['available'].lacks;
    const owners = lacks.find((lack) => lack.ability === 'owners');
    const text = lines.join('\n');
    if (owners) {
      // What DESIGN says was seen: with one id, everything belongs to the service. So it must be said.
      expect(account.newuidmap).toBe(false);
      expect(owners.remedy).toContain('uidmap');
      expect(text).toContain('10001\n10001\n10001\n');
    } else {
      expect(text).not.toContain('hidden');
      expect(text).toContain('mine');
      expect(text).toMatch(/\/code\/x: (Permission denied|Read-only)/);
      expect(text).toContain('0\n10001\n10002\n');
    }
    await driver.ended;

    const exec = await kit.start(account, store, 'exec').next();
    expect(exec!['end']).toMatchObject({ code: 0, timedOut: false });
    expect(exec!['end'].output).toMatch(/^10001\n[0-9]+\nseen\n$/);

    // By a control group where one can be made, else by what is measured.
    const eaten = await kit.start(account, store, 'eat').next();
    expect(eaten!['exit']).toMatchObject({ signal: 'SIGKILL' });

    // Files of others' ids go only from inside the user namespace.
    await kit.start(account, store, 'remove').ended;
    expect(existsSync(`${store}/folders`)).toBe(false);
    rmSync(store, { recursive: true });
  });

  test.skipIf(!existsSync('/usr/bin/redis-server')).each(accounts())(
    'as $name: a companion runs as somebody who sees no file of the host’s, goes away and comes back',
    async (account) => {
      const store = kit.storeFor(account);
      const driver = kit.start(account, store, 'companion');
      const found = await driver.next();
      expect(found?.['said'], driver.complaint()).toEqual(['+PONG', expect.stringContaining('refused'), '+PONG']);
      await driver.ended;
      await kit.start(account, store, 'remove').ended;
      rmSync(store, { recursive: true });
    },
  );
});
