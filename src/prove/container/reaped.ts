import { setTimeout as sleep } from 'node:timers/promises';
import type { Container, ContainerProcess } from '../../run/index.ts';

/** A parent that is about to wait for its child has done so after this. */
export const REAPED_WITHIN_MS = 1_000;
const POLL_MS = 50;

/** What was started since `before` may end by itself within this; on a busy machine a short program takes its time. */
const ENDED_WITHIN_MS = 2_000;

/** Zombies that are there, and still are after the time in which a parent reaps its children. `before`: when it was ready. */
export async function lastingZombies(container: Container, before: readonly ContainerProcess[] = []): Promise<readonly ContainerProcess[]> {
  let left = zombies(await whenEnded(container, before));
  const until = container.now() + REAPED_WITHIN_MS;
  while (left.length > 0 && container.now() < until) {
    await sleep(POLL_MS);
    const now = new Set(zombies(await container.processes()).map(idOf));
    left = left.filter((it) => now.has(idOf(it)));
  }
  return left;
}

async function whenEnded(container: Container, before: readonly ContainerProcess[]): Promise<readonly ContainerProcess[]> {
  const known = new Set(before.map(idOf));
  const until = container.now() + ENDED_WITHIN_MS;
  for (;;) {
    const now = await container.processes();
    const isBusy = before.length > 0 && now.some((it) => it.state === 'alive' && !known.has(idOf(it)));
    if (!isBusy || container.now() >= until) return now;
    await sleep(POLL_MS);
  }
}

const zombies = (all: readonly ContainerProcess[]): readonly ContainerProcess[] => all.filter((it) => it.state === 'zombie');
/** A number may be given to another process: not with the same parent and name within a second. */
const idOf = ({ pid, parent, name }: ContainerProcess): string => `${pid} ${parent} ${name}`;

/** What became of a child that PID 1 did not start: `none`: no program of the image could make one. */
export type Orphan = 'reaped' | 'left' | 'none';

/** The child ends before its parent does, and is then PID 1's: pid_namespaces(7). */
const MAKERS = (interpreter: string): readonly (readonly string[])[] => [
  [interpreter, '-I', '-c', 'import os\nos.fork() or os._exit(0)'],
  ['/bin/sh', '-c', ': &'],
];
const MAKE_WITHIN_MS = 10_000;

/** Leaves PID 1 a child of somebody else's to reap. */
export async function leaveOrphan(container: Container, interpreter: string): Promise<Orphan> {
  const before = new Set(zombies(await container.processes()).map(idOf));
  for (const argv of MAKERS(interpreter)) {
    const end = await container.exec(argv, MAKE_WITHIN_MS);
    if (end.code !== 0) continue;
    const left = await lastingZombies(container);
    return left.some((it) => it.parent === 1 && !before.has(idOf(it))) ? 'left' : 'reaped';
  }
  return 'none';
}
