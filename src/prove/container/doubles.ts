import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../base/index.ts';
import type { Container, ExecEnd } from '../../run/index.ts';
import type { Double } from '../types.ts';

/** Largest script: Linux gives one argument 128 KiB (MAX_ARG_STRLEN, execve(2)). */
const SCRIPT_LIMIT = 128 * 1024 - 1;
/** A script of the standard library listens within a second; ten are for a loaded machine. */
const LISTEN_WITHIN_MS = 10_000;
/** Longer than any proof: a double ends with its container. */
const LIFE_MS = 3_600_000;

/**
 * Runs the doubles' scripts beside the service, by the image's own interpreter, from the moment that the container runs.
 * Requests wait until the doubles listen; the start of the service does not, so its time is its own.
 * A double that ends or does not listen is a UserError at the first request.
 */
export function withDoubles<T>(
  doubles: readonly Double[],
  use: (container: Container) => Promise<T>,
): (container: Container) => Promise<T> {
  if (doubles.length === 0) return use;
  for (const double of doubles)
    if (Buffer.byteLength(double.text) > SCRIPT_LIMIT)
      throw new UserError(`\`${double.file}\` is larger than ${SCRIPT_LIMIT} bytes`, 'keep the double in one small script', {
        file: double.file,
      });
  return (container) => {
    const started = Promise.all(doubles.map((double) => start(container, double)));
    started.catch(() => {}); // reported by the request that waits for it
    return use({
      ...container,
      request: async (request) => started.then(() => container.request(request)),
      begin: async (request) => started.then(() => container.begin(request)),
    });
  };
}

async function start(container: Container, double: Double): Promise<void> {
  let end: ExecEnd | Error | undefined;
  container.exec(['python3', '-c', double.text], LIFE_MS).then(
    (it) => (end = it),
    (error: unknown) => (end = error instanceof Error ? error : new Error(String(error))),
  );
  const until = container.now() + LISTEN_WITHIN_MS;
  while (container.now() < until) {
    if (await isListening(container, double.port)) return;
    if (end) break;
    await sleep(20);
  }
  // With the service gone there is nothing to stand beside; whoever asks it sees that.
  if ((await container.exited(0)) !== undefined) return;
  throw new UserError(
    `the double \`${double.file}\` ${saidBy(end, double.port)}`,
    'run it by itself with the image’s Python version; it needs the standard library only',
    { file: double.file },
  );
}

async function isListening(container: Container, port: number): Promise<boolean> {
  const listeners = await container.listening().catch(() => []);
  return listeners.some((it) => it.port === port);
}

function saidBy(end: ExecEnd | Error | undefined, port: number): string {
  if (end === undefined) return `does not listen on port ${port}`;
  if (end instanceof Error) return `could not be run: ${end.message}`;
  const last = end.output.trimEnd().split('\n').at(-1) ?? '';
  return `ended with ${end.code ?? 'a signal'}${last === '' ? '' : `: ${last}`}`;
}
