import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { findTool, toolEnvironment, type Host } from './host.ts';
import { programPath } from './program.ts';
import { setupError } from './setup-error.ts';

/** The process that speaks to the container from inside its network namespace: agent.mjs. */
export interface Agent {
  /** Throws EnvironmentError when the agent has ended. */
  call<T>(op: string, details?: object): Promise<T>;
  /** Like `call`, with the number under which later calls can name it. */
  begin<T>(op: string, details?: object): { readonly id: number; readonly result: Promise<T> };
  /** Hands over a connection that was accepted on the host. */
  forward(port: number, socket: Socket): void;
  end(): Promise<void>;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** A container's network, by a process in it. */
export interface Network {
  readonly pid: number;
  /** How nsenter(1) joins the user namespace that it belongs to. */
  readonly joinUser: readonly string[];
}

/** Starts the agent in a container's network; `more`: further namespaces, as nsenter(1) names them. */
export function startAgent(host: Host, { pid, joinUser }: Network, more: readonly string[] = []): Agent {
  const nsenter = findTool(host, 'nsenter') ?? 'nsenter';
  const namespaces = ['--target', String(pid), ...joinUser, '--net', ...more];
  const child = spawn(nsenter, [...namespaces, process.execPath, programPath('agent')], {
    env: toolEnvironment(host),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let complaint = '';
  let ended = false;
  let lastId = 0;
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-2048)));
  child.on('message', (message) => {
    const { id, result, error } = message as Answer;
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(result);
    else call?.reject(new Error(`the agent failed: ${error}`));
  });
  const gone = new Promise<void>((resolve) => {
    const finish = (error?: Error): void => {
      ended = true;
      for (const call of waiting.values()) call.reject(setupError(`the agent ended: ${error?.message ?? complaint.trim()}`));
      waiting.clear();
      resolve();
    };
    child.once('error', finish);
    child.once('exit', () => finish());
  });

  const begin = <T>(op: string, details: object = {}): { id: number; result: Promise<T> } => {
    const id = (lastId += 1);
    const result = new Promise<unknown>((resolve, reject) => {
      if (ended) return reject(setupError(`the agent ended: ${complaint.trim()}`));
      waiting.set(id, { resolve, reject });
      child.send({ id, op, ...details }, () => {}); // when it cannot be sent, the agent has ended, and all calls with it
    });
    return { id, result: result as Promise<T> };
  };
  return {
    begin,
    call: <T>(op: string, details?: object) => begin<T>(op, details).result,
    forward: (port, socket) => void child.send({ op: 'forward', port }, socket, {}, () => {}),
    async end() {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}
