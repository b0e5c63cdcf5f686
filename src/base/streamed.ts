import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { EnvironmentError, errorCode } from './errors.ts';

export interface StreamedJob {
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  /** The whole environment of the child; default: this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Each line of both streams, as it comes. */
  readonly onLine: (line: string) => void;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface StreamedEnd {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
}

/** Milliseconds that a program has to take down what it began, before it is killed. */
const GRACE_MS = 5_000;

/**
 * Runs a program whose lines are shown while it works. When it is called off or its time is over, it and what it
 * started get SIGTERM, later SIGKILL. A non-zero exit is a value.
 * Throws EnvironmentError when the program is not there, and the reason of `signal` when that called it off.
 */
export async function runStreamed({ argv: [file, ...args], onLine, timeoutMs, signal, ...rest }: StreamedJob): Promise<StreamedEnd> {
  signal?.throwIfAborted();
  // A process group of its own: a builder's helpers end with it, and Ctrl-C reaches it through `signal` alone.
  const child = spawn(file, args, { cwd: rest.cwd, env: rest.env as NodeJS.ProcessEnv, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let timedOut = false;
  const callOff = (): void => takeDown(child);
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => ((timedOut = true), callOff()), timeoutMs);
  signal?.addEventListener('abort', callOff, { once: true });
  try {
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
    const end = await ended(child, file);
    signal?.throwIfAborted();
    return { ...end, timedOut };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', callOff);
  }
}

function ended(child: ChildProcess, file: string): Promise<Pick<StreamedEnd, 'code' | 'signal'>> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'EACCES') return reject(error);
      reject(new EnvironmentError(`\`${file}\` cannot be run`, `install \`${file}\`, or put it on PATH`, 'permanent', { cause: error }));
    });
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

function takeDown(child: ChildProcess): void {
  const send = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // The group is gone.
    }
  };
  send('SIGTERM');
  const timer = setTimeout(() => send('SIGKILL'), GRACE_MS);
  child.once('close', () => clearTimeout(timer));
}
