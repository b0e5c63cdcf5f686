import { setTimeout as sleep } from 'node:timers/promises';
import { EnvironmentError, messageOf } from '../base/index.ts';
import type {
  CompanionHandle,
  Container,
  ExecEnd,
  Exchanged,
  Exit,
  HttpAnswer,
  HttpRequest,
  Listener,
  Memory,
  PendingRequest,
  Readiness,
  ReadyWhen,
} from './types.ts';
import type { Agent } from './agent.ts';
import type { Log } from './log.ts';
import { processesFrom, stopAll, stopOne } from './processes.ts';
import { monotonicMs } from './clock.ts';
import type { SendSignal } from './signal.ts';

/** What a running container is made of. */
export interface Parts {
  readonly agent: Agent;
  readonly log: Log;
  /** Monotonic, of the start. */
  readonly startMs: number;
  /** PID 1, in the host's process namespace. */
  readonly pid: number;
  /** Resolves when PID 1 has ended. */
  readonly ended: Promise<Exit>;
  readonly exec: Container['exec'];
  readonly memory: () => Promise<Memory>;
  readonly changes: Container['changes'];
  /** Sends a signal to a process by the host's number for it. */
  readonly send: SendSignal;
  /** Leads from this process to the folder that holds what was written. */
  readonly upper: string;
  readonly companions: ReadonlyMap<string, CompanionHandle>;
}

/** Waiting for all that was printed, when PID 1 has ended: its pipes close with it. */
const DRAIN_MS = 1000;

/** The container that gates and commands see. */
export function containerOf(parts: Parts): Container {
  const { agent, log, startMs, ended } = parts;
  let exit: Exit | undefined;
  void ended.then((end) => (exit = end));
  return {
    now: () => monotonicMs() - startMs,
    waitReady: (want, withinMs) => waitReady(parts, want, withinMs),
    request: (request) => agent.call<HttpAnswer>('request', request).catch((error: unknown) => notAnswered(error)),
    exchange: (exchange) => agent.call<Exchanged>('exchange', exchange).catch((error: unknown) => ({ text: '', why: messageOf(error) })),
    begin: async (request) => pendingRequest(agent, request),
    exec: (argv, timeoutMs) => execIn(parts, argv, timeoutMs),
    async kill(signal) {
      if (!exit) await parts.send(parts.pid, signal);
    },
    async exited(withinMs) {
      const end = await Promise.race([ended, sleep(withinMs, undefined, { ref: false })]);
      if (end) await Promise.race([log.drained(), sleep(DRAIN_MS, undefined, { ref: false })]);
      return end;
    },
    logs: log.lines,
    waitForLog: log.waitFor,
    listening: async () => (await agent.call<{ listeners: readonly Listener[] }>('listening')).listeners,
    changes: parts.changes,
    written: (path) => parts.upper + path,
    memory: parts.memory,
    processes: async () => (exit ? [] : processesFrom(parts.pid)),
    async freeze() {
      if (!exit) await stopAll(parts.pid, parts.send);
    },
    async pause(pid) {
      if (!exit) await stopOne(parts.pid, pid, parts.send);
    },
    answerAll: async (port, status) => void (await agent.call('answerAll', { port, status })),
    companion(name) {
      const found = parts.companions.get(name);
      if (!found) throw new RangeError(`no companion \`${name}\` runs beside this container`);
      return found;
    },
  };
}

/** What could not be begun because PID 1 is gone says so of the service, and nothing of this machine; its end may be told a moment later. */
async function execIn({ exec, ended }: Parts, argv: readonly string[], timeoutMs: number): Promise<ExecEnd> {
  return exec(argv, timeoutMs).catch(async (error: unknown) => {
    const end = error instanceof EnvironmentError && (await Promise.race([ended, sleep(DRAIN_MS, undefined, { ref: false })]));
    if (!end) throw error;
    return { code: null, output: 'the container has ended', timedOut: false, afterMs: 0 };
  });
}

async function waitReady({ agent, ended, startMs }: Parts, want: ReadyWhen, withinMs: number): Promise<Readiness> {
  const poll = agent.begin<{ ready: boolean; why: string; atMs: number; unheard?: readonly number[] }>('ready', { ...want, withinMs });
  const first = await Promise.race([poll.result, ended]);
  if ('ready' in first) {
    const afterMs = first.atMs - startMs;
    return first.ready
      ? { ready: true, afterMs, ...(first.unheard?.length ? { unheard: first.unheard } : {}) }
      : { ready: false, why: first.why, afterMs };
  }
  await agent.call('cancel', { of: poll.id });
  const how = first.signal === null ? `with code ${first.code}` : `by ${first.signal}`;
  return { ready: false, why: `exited ${how}`, afterMs: first.atMs, exit: first };
}

async function pendingRequest(agent: Agent, request: HttpRequest): Promise<PendingRequest> {
  const begun = agent.begin('begin', request);
  await begun.result;
  return {
    unanswered: async () => (await agent.call<{ unanswered: boolean }>('unanswered', { of: begun.id })).unanswered,
    finish: () => agent.call<HttpAnswer>('finish', { of: begun.id }).catch((error: unknown) => notAnswered(error)),
  };
}

const notAnswered = (error: unknown): HttpAnswer => ({ answered: false, why: messageOf(error), partial: false, afterMs: 0 });
