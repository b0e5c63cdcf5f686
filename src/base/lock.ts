import { link, mkdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './errors.ts';

let counter = 0;

/** Names a process even after its id was given to another: id and, on Linux, its start time in clock ticks. */
export function processIdentity(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').pop()?.split(' ');
    return `${pid}.${fields?.[19] ?? ''}`; // field 22 of proc(5), counted after the name
  } catch (error) {
    if (process.platform !== 'linux') return aliveElsewhere(pid);
    // Anything else, such as too many open files, says nothing of the process.
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ESRCH') return undefined;
    throw error;
  }
}

function aliveElsewhere(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
    return `${pid}.`;
  } catch (error) {
    return errorCode(error) === 'EPERM' ? `${pid}.` : undefined;
  }
}

/** True while the process that `identity` was taken from still runs, and where nobody can tell. */
export function isAlive(identity: string): boolean {
  try {
    return processIdentity(Number.parseInt(identity, 10)) === identity;
  } catch {
    return true;
  }
}

/** The PID namespace of this process, by its inode; empty where there is none: ids of other namespaces are not ours to judge. */
export function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '');
  } catch {
    return '';
  }
}

/**
 * Runs `work` while no other process holds `path`. A lock whose process died is taken over.
 * Waits without bound: the holder is alive, and its work is ours.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  while (!(await take(path))) await sleep(25);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

/** A lock appears whole, with its holder's identity in it: made beside, then linked. */
async function take(path: string): Promise<boolean> {
  const own = `${path}.${process.pid}.${(counter += 1)}`;
  await writeFile(own, processIdentity(process.pid) ?? String(process.pid));
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    if (await isStale(path)) await takeAway(path);
    return false;
  } finally {
    await rm(own, { force: true });
  }
}

async function isStale(path: string): Promise<boolean> {
  const holder = await readFile(path, 'utf8').catch(() => undefined);
  return holder !== undefined && !isAlive(holder);
}

/** Longer than it takes to read and remove one small file. */
const TAKE_AWAY_MS = 10_000;

/** Removes a stale lock. Only one process does that at a time, and looks again first: another may hold the lock by now. */
async function takeAway(path: string): Promise<void> {
  const turn = `${path}.stale`;
  try {
    await mkdir(turn);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    const since = await stat(turn).catch(() => undefined);
    if (since && Date.now() - since.mtimeMs > TAKE_AWAY_MS) await rmdir(turn).catch(() => {});
    return;
  }
  try {
    if (await isStale(path)) await rm(path, { force: true });
  } finally {
    await rmdir(turn).catch(() => {});
  }
}
