import { totalmem } from 'node:os';
import { readHost, type Host } from '../host.ts';

/** Processes and threads of a container's user: Podman's default, containers.conf(5), `pids_limit`. */
const PROCESSES = 2048;
/** Those that a health check has over the service, which may have used up all of its own. */
const PROCESSES_BESIDE = 256;
/** As high as services ask for; the host's files are bounded by the sum over all processes. */
const OPEN_FILES = 65_536;
/** user_namespaces(7): from Linux 5.14 on each namespace counts its own processes; before that, the user's everywhere. */
const COUNTS_BY_NAMESPACE = [5, 14] as const;

/**
 * Arguments of prlimit(1) for a program of the image's. A core limit of 1 keeps the host's own handler of core files
 * from running too: core(5). Nobody can raise a hard limit.
 */
export function resourceLimits(host: Host, beside: boolean): string {
  const [major = 0, minor = 0] = host.kernel.split('.').map((part) => Number.parseInt(part, 10));
  const counts = major > COUNTS_BY_NAMESPACE[0] || (major === COUNTS_BY_NAMESPACE[0] && minor >= COUNTS_BY_NAMESPACE[1]);
  const processes = PROCESSES + (beside ? PROCESSES_BESIDE : 0);
  return [
    ...(counts ? [`--nproc=${Math.min(processes, hardLimit(host, 'processes'))}`] : []),
    `--nofile=${Math.min(OPEN_FILES, hardLimit(host, 'open files'))}`,
    `--core=${Math.min(1, hardLimit(host, 'core file size'))}`,
  ].join(' ');
}

/** proc_pid_limits(5). */
function hardLimit(host: Host, name: string): number {
  const hard = new RegExp(`^Max ${name}\\s+\\S+\\s+([0-9]+)`, 'm').exec(readHost(host, '/proc/self/limits') ?? '')?.[1];
  return hard === undefined ? Infinity : Number(hard);
}

/** What a container without a limit of its own may use: three quarters of what is free now, in bytes. */
export function spareMemory(host: Host): number {
  const kib = /^MemAvailable:\s+([0-9]+) kB/m.exec(readHost(host, '/proc/meminfo') ?? '')?.[1];
  return Math.floor((kib === undefined ? totalmem() : Number(kib) * 1024) * 0.75);
}
