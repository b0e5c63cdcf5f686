import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerProcess } from './types.ts';
import type { SendSignal } from './signal.ts';

/** With what the host's process namespace calls it and its parent. */
interface Seen {
  readonly hostPid: number;
  readonly hostParent: number;
  readonly process: ContainerProcess;
}

/** PID 1 and what comes from it, read from the host's /proc. `pid1` is the host's number. */
export const processesFrom = (pid1: number): readonly ContainerProcess[] => family(pid1).map((it) => it.process);

/** Processes that `pid` started itself; all numbers are the host's. */
export const childrenOf = (pid: number): readonly number[] => all().flatMap((it) => (it.hostParent === pid ? it.hostPid : []));

/** One that waits for a disk stops only when it has what it waits for. */
const STOP_WITHIN_MS = 5_000;

/** Stops PID 1 and what comes from it. What was born meanwhile is found the next time round. */
export async function stopAll(pid1: number, send: SendSignal): Promise<void> {
  const until = performance.now() + STOP_WITHIN_MS;
  for (let running = alive(pid1); running.length > 0 && performance.now() < until; running = alive(pid1)) {
    for (const { hostPid } of running) await send(hostPid, 'SIGSTOP');
    await sleep(5);
  }
}

/** Stops one of them, by the container's number for it. */
export async function stopOne(pid1: number, pid: number, send: SendSignal): Promise<void> {
  const found = alive(pid1).find((it) => it.process.pid === pid);
  if (found) await send(found.hostPid, 'SIGSTOP');
}

const alive = (pid1: number): readonly Seen[] => family(pid1).filter((it) => it.process.state === 'alive');

function family(pid1: number): readonly Seen[] {
  const known = new Map(all().map((status) => [status.hostPid, status]));
  const isOurs = (hostPid: number): boolean => {
    for (let at: number | undefined = hostPid; at !== undefined; at = known.get(at)?.hostParent) if (at === pid1) return true;
    return false;
  };
  const parentOf = ({ hostPid, hostParent }: Seen): number => (hostPid === pid1 ? 0 : (known.get(hostParent)?.process.pid ?? 0));
  return [...known.values()]
    .filter((it) => isOurs(it.hostPid))
    .map((it) => ({ ...it, process: { ...it.process, parent: parentOf(it) } }))
    .toSorted((a, b) => a.process.pid - b.process.pid);
}

const all = (): readonly Seen[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => statusOf(Number(pid)) ?? []);

/** proc_pid_status(5). Undefined when it has ended meanwhile. */
function statusOf(hostPid: number): Seen | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${hostPid}/status`, 'utf8');
  } catch {
    return undefined;
  }
  const field = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(text)?.[1] ?? '';
  const set = (name: string): bigint => BigInt(`0x${field(name) || '0'}`);
  const own = field('State')[0];
  // A first thread that has ended looks like a zombie as long as others of its process run: pthread_exit(3).
  const state = own === 'Z' && Number(field('Threads')) > 1 ? stateOfOthers(hostPid) : own;
  return {
    hostPid,
    hostParent: Number(field('PPid')),
    process: {
      pid: Number(field('NSpid').split('\t').at(-1)),
      parent: 0,
      state: state === 'Z' || state === 'X' ? 'zombie' : state === 'T' || state === 't' ? 'stopped' : 'alive',
      name: field('Name'),
      capabilities: set('CapEff') | set('CapPrm') | set('CapInh') | set('CapAmb'),
      bounding: set('CapBnd'),
      noNewPrivileges: field('NoNewPrivs') === '1',
      handles: set('SigCgt'),
    },
  };
}

/** Of a process whose first thread has ended: that of another. */
function stateOfOthers(hostPid: number): string {
  const states = textsIn(`/proc/${hostPid}/task`).map((text) => /^State:\s*(\w)/m.exec(text)?.[1] ?? 'X');
  return states.find((it) => it !== 'Z' && it !== 'X') ?? 'Z';
}

/** The `status` of each thread; none when the process has ended meanwhile. */
function textsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((thread) => readFileSync(`${folder}/${thread}/status`, 'utf8'));
  } catch {
    return [];
  }
}
