import { EnvironmentError } from '../../base/index.ts';
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
/** What Docker and Podman say of a container that has ended. */
const NOT_RUNNING = /^Error(?: response from daemon: .*is not running|: can only create exec sessions on running containers)/m;
let counter = 0;

/** Where a program is to run: the container by its name, and its PID 1 as this machine numbers it. */
export interface Beside {
  readonly client: Client;
  readonly agent: Pick<Agent, 'begin' | 'call'>;
  readonly id: string;
  readonly pid: number;
}

/**
 * What the engine may take to begin a program and to tell its end. `podman exec` waits for locks while another container is
 * made: up to 11 s where that copied 180 MB (storage driver vfs, a machine with 2 cores at a load of 10), 0.1 to 0.5 s
 * alone.
 */
const ENGINE_WITHIN_MS = 60_000;

/**
 * Runs a program beside PID 1, confined as it is. Its time begins when it is seen among the container's processes, by a
 * variable that only it has: what the engine takes before that is not the program's. By that variable it is ended too,
 * because the engine lets it run on when the client is killed. One that ends before it is seen has the engine's time with
 * its own. Throws EnvironmentError when the engine takes longer than `engineMs` beside the program.
 */
export async function execBeside(
  { client, agent, id, pid }: Beside,
  argv: readonly string[],
  timeoutMs: number,
  engineMs = ENGINE_WITHIN_MS,
): Promise<ExecEnd> {
  const mark = `PLIMSOLL_EXEC=${process.pid}-${(counter += 1)}`;
  const limit = agent.begin<Limited>('limit', { variable: mark, proc: `/proc/${pid}/root/proc`, withinMs: timeoutMs });
  const limited = limit.result.catch(() => GONE);
  const askedMs = monotonicMs();
  // One pipe for both streams: two would not keep their order.
  const end = await runProcess({
    argv: ['/bin/sh', '-c', 'exec "$@" 2>&1', 'sh', ...commandOf(client, ['exec', '--env', mark, id, ...argv])],
    timeoutMs: timeoutMs + engineMs,
    maxOutputBytes: MAX_OUTPUT,
    group: true,
  });
  const endMs = monotonicMs();
  await agent.call('cancel', { of: limit.id }).catch(() => {}); // gone with the container
  const { begunMs, timedOut } = await limited;
  if (end.timedOut && !timedOut) {
    await agent.call('end', { variable: mark }).catch(() => {}); // gone with the container
    throw tooSlow(client, begunMs === undefined ? 'begin' : 'tell the end of', argv, engineMs);
  }
  if (!timedOut && (end.code === CLIENTS_OWN || NOT_RUNNING.test(end.stdout))) throw setupError(end.stdout.trim());
  return { code: timedOut ? null : end.code, output: end.stdout, timedOut, afterMs: endMs - (begunMs ?? askedMs) };
}

/** What the agent saw of a program: when it was there first, and whether it had to be ended. */
interface Limited {
  readonly begunMs?: number;
  readonly timedOut: boolean;
}

/** The agent ends with the container. */
const GONE: Limited = { timedOut: false };

const tooSlow = ({ id }: Client, what: string, [program = '']: readonly string[], engineMs: number): EnvironmentError =>
  new EnvironmentError(
    `\`${id} exec\` took more than ${engineMs / 1000} s to ${what} \`${program}\`, so its own time is not known`,
    'prove again when the machine is less busy, or use another runner: `--runner embedded`',
    'transient',
  );
