import { setTimeout as sleep } from 'node:timers/promises';
import type { Container, ContainerProcess, Exit } from '../../run/index.ts';

/** proc_pid_status(5), as bits of `SigCgt`. */
const BITS = { SIGINT: 1n << 1n, SIGQUIT: 1n << 2n, SIGTERM: 1n << 14n } as const;

/** A process that does not wait for its children leaves about as quickly as it did before; this is for a machine that stalls. */
const SLACK_MS = 1_000;

/**
 * Processes that have something to do at a stop signal, by their handler for it, and that somebody else has to tell: not
 * process 1, and no parents, who are waited for by the same rule.
 */
const finishersOf = (all: readonly ContainerProcess[], signal: keyof typeof BITS): readonly ContainerProcess[] =>
  all.filter(
    (it) => it.pid !== 1 && it.state === 'alive' && (it.handles & BITS[signal]) !== 0n && !all.some((other) => other.parent === it.pid),
  );

/** Workers that are not up yet have no handler, and a server may give up altogether when one is told to stop by then. */
const STEADY_MS = 500;
const LOOKS = 20;

/** Those that finish, when they have been the same for a while; none, at once, where process 1 is alone. */
export async function steadyFinishers(container: Container, signal: keyof typeof BITS): Promise<readonly ContainerProcess[]> {
  let all = await container.processes();
  for (let look = 1; look < LOOKS && all.length > 1; look += 1) {
    const before = pidsOf(finishersOf(all, signal));
    await sleep(STEADY_MS);
    all = await container.processes();
    if (pidsOf(finishersOf(all, signal)) === before) break;
  }
  return finishersOf(all, signal);
}

const pidsOf = (all: readonly ContainerProcess[]): string => all.map(({ pid }) => pid).join(' ');

/**
 * Whether process 1 leaves in good order without waiting for them: those that it left. They are stopped, so that none can
 * end before it, and the kernel kills what is there when process 1 ends (pid_namespaces(7)). `tookMs`: its end when nobody
 * was.
 */
export async function leftBehind(
  container: Container,
  signal: keyof typeof BITS,
  tookMs: number,
  isClean: (exit: Exit) => boolean,
): Promise<readonly ContainerProcess[]> {
  const held = await steadyFinishers(container, signal);
  if (held.length === 0) return [];
  for (const { pid } of held) await container.pause(pid);
  await container.kill(signal);
  const exit = await container.exited(tookMs + SLACK_MS);
  return exit && isClean(exit) ? held : [];
}
