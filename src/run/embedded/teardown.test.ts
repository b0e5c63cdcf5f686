import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAlive } from '../../base/node.ts';
import { accounts, descendants, mountsNaming, openDriverKit, type DriverKit } from './driver-kit.testing.ts';
import { thisHost } from '../host.ts';
import { whyNoContainers } from '../kit.testing.ts';
import { memoryHierarchy } from '../memory.ts';

const why = await whyNoContainers();

/** What a container could leave behind. */
interface Left {
  readonly processes: readonly string[];
  readonly mounts: readonly string[];
  readonly groups: readonly string[];
}

/** Folders of subordinate users are closed to this one, before as after. */
const filesIn = (folder: string): number => spawnSync('find', [folder], { encoding: 'utf8' }).stdout.split('\n').length;

const NOTHING: Left = { processes: [], mounts: [], groups: [] };

describe.skipIf(why !== undefined)(`the end of a container${why === undefined ? '' : ` (${why})`}`, { timeout: 120_000 }, () => {
  let kit: DriverKit;
  beforeAll(async () => {
    kit = await openDriverKit();
  });
  afterAll(() => kit.close());

  describe.each(accounts())('as $name', (account) => {
    const store = { path: '' };
    beforeAll(() => {
      store.path = kit.storeFor(account);
    });
    afterAll(() => kit.start(account, store.path, 'remove').ended);

    const groups = (pid: number | undefined): string[] => {
      const folder = memoryHierarchy(thisHost())?.folder;
      return folder !== undefined && existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(`plimsoll-${pid}-`)) : [];
    };

    test.each([
      ['the work returns', 'return', undefined],
      ['the work fails', 'throw', undefined],
      ['Ctrl-C', 'wait', 'SIGINT'],
      ['the terminal closes', 'wait', 'SIGHUP'],
      ['Plimsoll is killed', 'wait', 'SIGKILL'],
    ] as const)('nothing is left of it when %s', async (_, what, signal) => {
      const before = filesIn(store.path);
      const driver = kit.start(account, store.path, what);
      const pid = driver.child.pid;
      try {
        const up = await driver.next();
        expect(up, driver.complaint()).toEqual({ up: true });
        const running = descendants(pid!);
        if (what === 'wait') {
          // Else the rest would prove nothing.
          expect(running.length).toBeGreaterThanOrEqual(5);
          expect(mountsNaming(store.path).length).toBeGreaterThan(0);
          if (account.uid === 0 && memoryHierarchy(thisHost())) expect(groups(pid)).toHaveLength(1);
        }
        if (signal) driver.child.kill(signal);
        if (signal === 'SIGKILL') await driver.ended;
        else for (let said = await driver.next(); said?.['left'] !== true; said = await driver.next()) expect(said).toHaveProperty('error');

        const left = (): Left => ({ processes: running.filter(isAlive), mounts: mountsNaming(store.path), groups: groups(pid) });
        // After SIGKILL nobody waits until the kernel is done.
        for (let i = 0; signal === 'SIGKILL' && i < 1000 && JSON.stringify(left()) !== JSON.stringify(NOTHING); i += 1) await sleep(10);
        expect(left()).toEqual(NOTHING);
      } finally {
        driver.child.kill('SIGKILL');
        await driver.ended;
      }
      // The first run unpacks; each one leaves its lease, which the store sweeps when it is next opened.
      if (before > 10) expect(filesIn(store.path)).toBeLessThanOrEqual(before + 2);
    });
  });
});
