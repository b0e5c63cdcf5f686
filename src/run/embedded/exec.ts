import type { ExecEnd } from '../types.ts';
import { openFifo } from './fifo.ts';
import type { Holder } from './holder.ts';
import type { Host } from '../host.ts';
import { childrenOf } from '../processes.ts';
import { becomeProgram, confine, startWaiting, type Program } from './process.ts';
import { monotonicMs } from '../clock.ts';
import { quote } from './shell.ts';
import { sendSignal } from '../signal.ts';

/** Bytes of output that are kept. */
const MAX_OUTPUT = 64 * 1024;
let counter = 0;

interface ExecJob {
  readonly timeoutMs: number;
  /** Puts the process under the container's limits. */
  readonly limit: (pid: number) => void;
}

/** Runs a program beside PID 1, in the same namespaces, as the same user. Both its streams come as one text. */
export async function execBeside(host: Host, holder: Holder, pid1: number, program: Program, job: ExecJob): Promise<ExecEnd> {
  const { timeoutMs, limit } = job;
  const fifo = `${holder.places.base}/exec-${(counter += 1)}`;
  await holder.shell.ask(`mkfifo -m 0622 ${quote(fifo)}`);
  const waiting = await startWaiting(host, holder, true);
  try {
    limit(waiting.pid);
    const reader = openFifo(holder.view + fifo);
    await confine(host, holder, waiting, program.user, { stdout: fifo, stderr: fifo }, pid1);
    const output = collect(reader.start());
    const began = await becomeProgram(waiting, program, true);
    const end = await Promise.race([
      waiting.shell.ended,
      new Promise<undefined>((resolve) => setTimeout(resolve, timeoutMs, undefined).unref()),
    ]);
    if (!end) {
      // The program is the shell's child, and outlives it.
      for (const pid of [...childrenOf(waiting.pid), waiting.pid]) sendSignal(pid, 'SIGKILL');
      await waiting.shell.ended;
    }
    const afterMs = (end?.atMs ?? monotonicMs()) - began;
    return { code: end?.code ?? null, output: await output(), timedOut: !end, afterMs };
  } finally {
    waiting.shell.kill();
    await holder.shell.ask(`rm -f ${quote(fifo)}`).catch(() => {}); // gone with the holder
  }
}

/** What a program that stayed behind still says is not waited for. */
const LATE_MS = 100;

function collect(stream: NodeJS.ReadableStream & { destroy(): unknown }): () => Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < MAX_OUTPUT) chunks.push(Buffer.from(chunk.subarray(0, MAX_OUTPUT - size)));
    size += chunk.length;
  });
  stream.on('error', () => {});
  const closed = new Promise<void>((resolve) => stream.once('close', () => resolve()));
  return async () => {
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, LATE_MS))]);
    stream.destroy();
    return Buffer.concat(chunks).toString('utf8');
  };
}
