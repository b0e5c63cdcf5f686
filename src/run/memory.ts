import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../base/index.ts';
import { hostHas, readHost, type Host } from './host.ts';
import type { Memory } from './types.ts';

/** A control group for one container. */
export interface MemoryGroup {
  readonly path: string;
  add(pid: number): void;
  account(): CgroupMemory;
  /** Waits until its processes are gone. */
  remove(): Promise<void>;
}

interface Hierarchy {
  readonly folder: string;
  readonly version: 1 | 2;
}

/** Where control groups with a memory limit can be made; undefined when nowhere. Like Docker, at the top. */
export function memoryHierarchy(host: Host): Hierarchy | undefined {
  for (const hierarchy of mounted(host)) {
    if (hierarchy.version === 2 && !controlsMemory(hierarchy.folder)) continue;
    const probe = join(hierarchy.folder, groupName());
    try {
      mkdirSync(probe);
      rmdirSync(probe);
      return hierarchy;
    } catch {
      continue; // read-only, or not ours
    }
  }
  return undefined;
}

/** cgroups(7): version 2 is one tree of type cgroup2; version 1 has a mount with the option `memory`. */
function mounted(host: Host): readonly Hierarchy[] {
  const mounts = (readHost(host, '/proc/self/mounts') ?? '').split('\n').map((line) => line.split(' '));
  return mounts.flatMap(([, folder = '', type, options = '']): Hierarchy[] => {
    if (!hostHas(host, folder)) return [];
    if (type === 'cgroup' && options.split(',').includes('memory')) return [{ folder: host.root + folder, version: 1 }];
    return type === 'cgroup2' ? [{ folder: host.root + folder, version: 2 }] : [];
  });
}

function controlsMemory(folder: string): boolean {
  const has = (file: string): boolean => readFileSync(join(folder, file), 'utf8').split(/\s+/).includes('memory');
  try {
    if (!has('cgroup.controllers')) return false;
    if (!has('cgroup.subtree_control')) writeFileSync(join(folder, 'cgroup.subtree_control'), '+memory');
    return true;
  } catch {
    return false;
  }
}

const LIMIT = { 1: 'memory.limit_in_bytes', 2: 'memory.max' } as const;

type CgroupMemory = Extract<Memory, { how: 'cgroup' }>;

const numberIn = (folder: string, file: string): number => Number(readFileSync(join(folder, file), 'utf8'));

/**
 * What the kernel counts for the group that process `pid` is in; undefined where that cannot be read, or the group's name
 * has not the container's id in it: others are in it too then.
 */
export function memoryAccountOf(host: Host, pid: number, id: string): { account(): CgroupMemory; limitBytes(): number } | undefined {
  const lines = (readHost(host, `/proc/${pid}/cgroup`) ?? '').split('\n').map((line) => line.split(':'));
  for (const { folder, version } of mounted(host)) {
    const [, , own] = lines.find(([id, names = '']) => (version === 2 ? id === '0' : names.split(',').includes('memory'))) ?? [];
    const path = own === undefined ? undefined : join(folder, own);
    if (path === undefined || !own?.includes(id) || !hostHas(host, join(path, LIMIT[version]))) continue;
    return { account: () => accountOf(path, version), limitBytes: () => numberIn(path, LIMIT[version]) };
  }
  return undefined;
}

let counter = 0;
const groupName = (): string => `plimsoll-${process.pid}-${(counter += 1)}`;

/** Makes a control group with a limit, swap included. */
export function makeMemoryGroup({ folder, version }: Hierarchy, limitBytes: number): MemoryGroup {
  const path = join(folder, groupName());
  mkdirSync(path);
  const write = (file: string, value: string | number): void => writeFileSync(join(path, file), String(value));
  const tryWrite = (file: string, value: number): void => {
    try {
      write(file, value);
    } catch {
      // a kernel that does not count swap has no such file
    }
  };
  write(LIMIT[version], limitBytes);
  if (version === 2) tryWrite('memory.swap.max', 0);
  else tryWrite('memory.memsw.limit_in_bytes', limitBytes);
  return {
    path,
    add: (pid) => write('cgroup.procs', pid),
    account: () => accountOf(path, version),
    remove: () => removeGroup(path),
  };
}

/** cgroup-v2.rst and cgroup-v1/memory.rst, "memory.stat"; the working set as kubelet computes it (cAdvisor, setMemoryStats). */
function accountOf(path: string, version: 1 | 2): CgroupMemory {
  const read = (file: string): string => readFileSync(join(path, file), 'utf8');
  const field = (file: string, name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(read(file))?.[1] ?? 0);
  const [peak, usage, unused, events] =
    version === 2
      ? (['memory.peak', 'memory.current', 'inactive_file', 'memory.events'] as const)
      : (['memory.max_usage_in_bytes', 'memory.usage_in_bytes', 'total_inactive_file', 'memory.oom_control'] as const);
  return {
    how: 'cgroup',
    peakBytes: Number(read(peak)),
    inUseBytes: Math.max(0, Number(read(usage)) - field('memory.stat', unused)),
    oomKills: field(events, 'oom_kill'),
  };
}

async function removeGroup(path: string): Promise<void> {
  for (let i = 0; i < 500; i += 1) {
    try {
      return rmdirSync(path);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return;
      await sleep(5); // EBUSY until the last process is reaped
    }
  }
}
