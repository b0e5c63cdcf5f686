import { spawn, type ChildProcess } from 'node:child_process';
import { EnvironmentError, errorCode } from './errors.ts';

export interface ProcessJob {
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  /** The whole environment of the child; default: this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Uint8Array;
  /** Milliseconds until SIGKILL; default none. */
  readonly timeoutMs?: number;
  /** Output kept per stream, in bytes; the rest is read and dropped. Default 16 MiB. */
  readonly maxOutputBytes?: number;
  readonly signal?: AbortSignal | undefined;
  /** Runs it in a process group of its own, so that what it started is killed with it. */
  readonly group?: boolean;
}

export interface ProcessEnd {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/**
 * Runs a program to its end. A non-zero exit is a value, not an error.
 * Throws EnvironmentError when the program is not there or may not be run.
 */
export function runProcess(job: ProcessJob): Promise<ProcessEnd> {
  const [file, ...args] = job.argv;
  const limit = job.maxOutputBytes ?? 16 * 1024 * 1024;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: job.cwd,
      env: job.env as NodeJS.ProcessEnv,
      signal: job.signal,
      killSignal: 'SIGKILL',
      detached: job.group === true,
    });
    let timedOut = false;
    const kill = (): void => killNow(child, job.group === true);
    const timer = job.timeoutMs === undefined ? undefined : setTimeout(() => ((timedOut = true), kill()), job.timeoutMs);
    if (job.group) job.signal?.addEventListener('abort', kill, { once: true });
    const stdout = collect(child.stdout, limit);
    const stderr = collect(child.stderr, limit);
    child.once('error', (error) => {
      clearTimeout(timer);
      const code = errorCode(error);
      if (code !== 'ENOENT' && code !== 'EACCES') return reject(error);
      // execve(2): of a bare name EACCES may only mean that a folder of PATH cannot be searched.
      const notHere = file.includes('/') ? 'may not be run by this user' : 'is not installed, or not for this user';
      const why = code === 'ENOENT' ? 'is not installed' : notHere;
      reject(new EnvironmentError(`\`${file}\` ${why}`, `install \`${file}\`, or put it on PATH`, 'permanent', { cause: error }));
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      job.signal?.removeEventListener('abort', kill);
      resolve({ code, signal, stdout: stdout(), stderr: stderr(), timedOut });
    });
    child.stdin.on('error', () => {}); // a child may end before it has read its input
    child.stdin.end(job.input);
  });
}

function killNow(child: ChildProcess, group: boolean): void {
  if (!group || child.pid === undefined) return void child.kill('SIGKILL');
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone.
  }
}

function collect(stream: NodeJS.ReadableStream, limit: number): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < limit) chunks.push(chunk.subarray(0, limit - size));
    size += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
