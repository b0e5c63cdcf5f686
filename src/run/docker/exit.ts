import { constants } from 'node:os';
import { readFileSync } from 'node:fs';

/**
 * Docker tells a death by signal N as exit code 128 + N, as a shell does. PID 1 of a container dies of SIGKILL, and of
 * faults, which the kernel forces; other signals without a handler do nothing to it (pid_namespaces(7)), so 130, 131 and
 * 143 are its own exit codes. A program that exits with 137 by itself looks killed.
 */
export function exitOf(status: number): { readonly code: number | null; readonly signal: NodeJS.Signals | null } {
  const signal = DEADLY.find((name) => constants.signals[name] === status - 128);
  return signal === undefined ? { code: status, signal: null } : { code: null, signal };
}

const DEADLY = ['SIGKILL', 'SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP', 'SIGSYS'] as const;

/** True while a process runs; proc_pid_stat(5). */
export function isRunning(pid: number): boolean {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').pop()?.[0];
    return state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}
