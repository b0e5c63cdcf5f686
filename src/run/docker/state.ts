import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../clock.ts';
import { ask, type AskOptions, type Client } from './client.ts';

/** What `inspect` says of a container. */
export interface State {
  readonly Status: string;
  /** 0 when it does not run. */
  readonly Pid: number;
  readonly ExitCode: number;
  readonly StartedAt: string;
  readonly FinishedAt: string;
  readonly OOMKilled?: boolean;
}

export async function stateOf(client: Client, id: string, options?: AskOptions): Promise<State> {
  return JSON.parse(await ask(client, ['inspect', '--type', 'container', '--format', '{{json .State}}', id], options)) as State;
}

/** Set up by Podman it has a process, which is not the service yet. */
export const isUnstarted = ({ Status: status }: State): boolean =>
  status === 'created' || status === 'configured' || status === 'initialized';

/** Between two looks, in milliseconds: each is a process of its own. */
const LOOK_MS = 20;

/** Waits until a container runs, has run, or `gaveUp`: then its last state. */
export async function begun(client: Client, id: string, gaveUp: () => boolean, options: AskOptions): Promise<State> {
  for (;;) {
    const late = gaveUp();
    const state = await stateOf(client, id, options);
    if ((state.Pid > 0 && !isUnstarted(state)) || ['exited', 'dead', 'stopped'].includes(state.Status) || late) return state;
    await sleep(LOOK_MS);
  }
}

/** The monotonic time of a point in time that the engine tells by the clock. */
export const monotonicOf = (time: string): number => monotonicMs() - (Date.now() - Date.parse(time));
