import { runProcess } from '../../base/node.ts';
import type { Agent } from '../agent.ts';
import { monotonicMs } from '../clock.ts';
import { setupError } from '../setup-error.ts';
import type { ExecEnd } from '../types.ts';
import { commandOf, type Client } from './client.ts';

/** Bytes of output that are kept. */
const MAX_OUTPUT = 64 * 1024;
/** The client's own error, not the program's: docs.docker.com, "Exit status" of docker run. */
const CLIENTS_OWN = 125;
let counter = 0;

/**
 * Runs a program beside PID 1, confined as it is. The engine lets it run on when the client is killed, so it is found
 * by a variable that only it has. Its time includes the engine's, some tenths of a second.
 */
export async function execBeside(client: Client, agent: Agent, id: string, argv: readonly string[], timeoutMs: number): Promise<ExecEnd> {
  const mark = `PLIMSOLL_EXEC=${process.pid}-${(counter += 1)}`;
  const command = commandOf(client, ['exec', '--env', mark, id, ...argv]);
  const began = monotonicMs();
  // One pipe for both streams: two would not keep their order.
  const end = await runProcess({
    argv: ['/bin/sh', '-c', 'exec "$@" 2>&1', 'sh', ...command],
    timeoutMs,
    maxOutputBytes: MAX_OUTPUT,
    group: true,
  });
  if (end.timedOut) await agent.call('end', { variable: mark }).catch(() => {}); // gone with the container
  else if (end.code === CLIENTS_OWN || /^Error response from daemon: .*is not running/m.test(end.stdout))
    throw setupError(end.stdout.trim());
  return { code: end.timedOut ? null : end.code, output: end.stdout, timedOut: end.timedOut, afterMs: monotonicMs() - began };
}
