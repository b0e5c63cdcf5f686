import { open, readFile, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './errors.ts';

/** Names a process even after its id was given to another: id and, on Linux, its start time in clock ticks. */
export function processIdentity(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').pop()?.split(' ');
    return `${pid}.${fields?.[19] ?? ''}`; // field 22 of proc(5), counted after the name
  } catch {
    return process.platform === 'linux' ? undefined : aliveElsewhere(pid);
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

/** True while the process that `identity` was taken from still runs. */
export const isAlive = (identity: string): boolean => processIdentity(Number.parseInt(identity, 10)) === identity;

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

async function take(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(processIdentity(process.pid) ?? String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    const holder = await readFile(path, 'utf8').catch(() => undefined);
    // An empty file is a holder between open and write; give it the time it takes.
    if (holder !== undefined && holder !== '' && !isAlive(holder)) await rm(path, { force: true });
    return false;
  }
}
