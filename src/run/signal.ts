import { errorCode } from '../base/index.ts';

/** A signal for a process, by the host's number; one that ended just now needs none. */
export type SendSignal = (pid: number, signal: NodeJS.Signals) => void | Promise<void>;

/** Sends a signal to a process that may have ended just now: then there is nothing to do. Throws when it is not ours (EPERM). */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}
