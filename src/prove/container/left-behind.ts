import type { Container, ContainerProcess } from '../../run/index.ts';

/** proc_pid_status(5), as bits of `SigCgt`. */
const BITS = { SIGINT: 1n << 1n, SIGQUIT: 1n << 2n, SIGTERM: 1n << 14n } as const;

/** A process that does not wait for its children leaves about as quickly as it did before; this is for a machine that stalls. */
const SLACK_MS = 1_000;

/**
 * Processes that have something to do at a stop signal, by their handler for it, and that somebody else has to tell: not
 * process 1, and no parents, who are waited for by the same rule.
 */
export const finishersOf = (all: readonly ContainerProcess[], signal: keyof typeof BITS): readonly ContainerProcess[] =>
  all.filter(
    (it) => it.pid !== 1 && it.state === 'alive' && (it.handles & BITS[signal]) !== 0n && !all.some((other) => other.parent === it.pid),
  );

/**
 * Whether process 1 leaves without waiting for them: those that it left. They are stopped, so that none can end before
 * it, and the kernel kills what is there when process 1 ends (pid_namespaces(7)). `tookMs`: its end when nobody was.
 */
export async function leftBehind(container: Container, signal: keyof typeof BITS, tookMs: number): Promise<readonly ContainerProcess[]> {
  const held = finishersOf(await container.processes(), signal);
  if (held.length === 0) return [];
  for (const { pid } of held) await container.pause(pid);
  await container.kill(signal);
  return (await container.exited(tookMs + SLACK_MS)) ? held : [];
}
