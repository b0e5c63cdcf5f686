import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { isAlive } from '../src/base/node.ts';
import { descendants } from '../src/run/embedded/driver-kit.testing.ts';
import { whyNoContainers } from '../src/run/kit.testing.ts';
import { bin, copyOf, fixtures, plimsoll, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);
const why = await whyNoContainers();
const service = copyOf(join(fixtures, 'python-tcp/service'), join(place.folder, 'tcp'));

test.skipIf(why !== undefined).each([
  ['Ctrl-C', 'SIGINT', 130],
  ['the terminal closes', 'SIGHUP', 129],
  ['it is killed', 'SIGKILL', null],
] as const)('a ship leaves no process, and nothing unfinished in the repository, when %s', async (_, signal, code) => {
  const child = spawn(process.execPath, [bin, 'ship', service, '--json'], { env: { ...process.env, CI: '1' }, stdio: 'ignore' });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let over = false;
  void ended.then(() => (over = true));
  const pid = child.pid ?? 0;
  // Until a container runs: the launcher, the namespaces' holder, their shells and the service itself.
  let running: readonly string[];
  while ((running = descendants(pid)).length < 5 && !over) await sleep(20);
  expect(over).toBe(false);
  child.kill(signal);
  expect(await ended).toBe(code);
  for (let i = 0; i < 100 && running.some(isAlive); i += 1) await sleep(100);
  expect(running.filter(isAlive)).toEqual([]);
  if (signal === 'SIGKILL') expect((await plimsoll(['build', service])).code).toBe(0);
  expect(readdirSync(service).toSorted()).toEqual(['.plimsoll', 'plimsoll.lock', 'server.py']);
  expect(readdirSync(join(service, '.plimsoll/image')).toSorted()).toEqual(['blobs', 'index.json', 'oci-layout']);
});
