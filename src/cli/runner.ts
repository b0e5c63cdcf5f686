import type { Store } from '../base/node.ts';
import { embeddedRunner, engineRunner, type Runner, type RunnerId } from '../run/index.ts';

export const RUNNERS: readonly RunnerId[] = ['embedded', 'docker', 'podman'];

export const runnerOf = (id: RunnerId, store: Store): Runner => (id === 'embedded' ? embeddedRunner(store) : engineRunner(id, store));

/**
 * The runner that was asked for; else the first that can, which `say` is told where it is not the embedded one. Where
 * none can it is the embedded one, which says why.
 */
async function chosenRunner(named: RunnerId | undefined, store: Store, say: (line: string) => void): Promise<Runner> {
  if (named !== undefined) return runnerOf(named, store);
  const embedded = runnerOf('embedded', store);
  const able = await embedded.available();
  if (able.ok) return embedded;
  for (const id of ['docker', 'podman'] as const) {
    const other = runnerOf(id, store);
    if (!(await other.available()).ok) continue;
    say(`run by ${id}: the embedded runner cannot here, because ${able.why}`);
    return other;
  }
  return embedded;
}

/** Works with the runner that `--runner` names, or that can; what it made for its runs is removed, however the work ends. */
export async function withRunner<T>(named: RunnerId | undefined, store: Store, work: (runner: Runner) => Promise<T>): Promise<T> {
  const runner = await chosenRunner(named, store, (line) => process.stderr.write(`${line}\n`));
  try {
    return await work(runner);
  } finally {
    await runner.close();
  }
}
