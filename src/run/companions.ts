import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { EnvironmentError } from '../base/index.ts';
import type { Agent, Network } from './agent.ts';
import { quote, type DrivenShell } from './embedded/shell.ts';
import { findTool, type Host } from './host.ts';
import { openSandbox } from './sandbox.ts';
import type { CompanionHandle, CompanionProgram, HttpAnswer, Listener } from './types.ts';
import type { Undo } from './undo.ts';

/** A database that was just made listens within a second; twenty are for a loaded machine. */
const LISTEN_WITHIN_MS = 20_000;
/** To make a database takes a second or two. */
const PREPARE_WITHIN_MS = 60_000;
/** What the shell that holds a companion says with its exit code when it has ended. */
const ENDED = 'ended ';

/**
 * Starts programs of the host beside the service: in its network, on its loopback, each in a sandbox of its own, before the
 * service starts. They end with the container, and with Plimsoll however it ends. Throws EnvironmentError for a program
 * that is not there, ends, or does not listen.
 */
export async function startCompanions(
  host: Host,
  agent: Agent,
  target: Network,
  companions: readonly CompanionProgram[],
  undo: Undo,
): Promise<ReadonlyMap<string, CompanionHandle>> {
  const started = companions.map(async (companion) => [companion.name, await start(host, agent, target, companion, undo)] as const);
  return new Map(await Promise.all(started));
}

async function start(host: Host, agent: Agent, target: Network, companion: CompanionProgram, undo: Undo): Promise<CompanionHandle> {
  const where = { ...host, path: [...(companion.folders ?? []).flatMap(newestFirst), host.path].join(':') };
  const command = commandFor(where, companion, companion.argv);
  const steps = (companion.before ?? []).map((step) => commandFor(where, companion, step));
  const reads = [...new Set([...steps, command].map(([file]) => file)), ...(companion.reads ?? [])];
  const shell = await openSandbox(host, agent, target, reads, undo);

  for (const step of steps) {
    const code = await within(PREPARE_WITHIN_MS, runIn(shell, step));
    const name = step[0].split('/').at(-1);
    if (code !== 0) throw failure(companion, step, `\`${name}\` ${code === undefined ? 'takes too long' : `ended with ${code}`}`, shell);
  }
  const begin = async (): Promise<void> => {
    await shell.ask(`{ code=0; ${wordsOf(command)} </dev/null >&2 3>&- || code=$?; echo "${ENDED}$code" >&3; } &`);
    await untilServing(agent, companion, shell);
  };
  await begin();
  return {
    // PID 1 itself is spared: kill(2).
    stop: async () => void (await shell.ask('kill -9 -1 || :; wait')),
    start: begin,
  };
}

/** Its exit code. What it prints is the shell's complaint. */
async function runIn(shell: DrivenShell, command: readonly string[]): Promise<number> {
  const [code] = await shell.ask(`code=0; ${wordsOf(command)} </dev/null >&2 3>&- || code=$?; echo $code >&3`);
  return Number(code);
}

const wordsOf = (command: readonly string[]): string => command.map(quote).join(' ');

const within = <T>(ms: number, work: Promise<T>): Promise<T | undefined> => Promise.race([work, sleep(ms, undefined, { ref: false })]);

async function untilServing(agent: Agent, companion: CompanionProgram, shell: DrivenShell): Promise<void> {
  const why = await whyNotListening(agent, companion.port, shell);
  if (why !== undefined) throw failure(companion, companion.argv, why, shell);
  for (const { method, path } of companion.asked ?? []) {
    const answer = await agent.call<HttpAnswer>('request', { port: companion.port, method, path });
    if (!answer.answered || answer.status >= 400)
      throw failure(companion, companion.argv, `answers ${method} ${path} with ${answer.answered ? answer.status : answer.why}`, shell);
  }
}

async function whyNotListening(agent: Agent, port: number, shell: DrivenShell): Promise<string | undefined> {
  for (const until = performance.now() + LISTEN_WITHIN_MS; performance.now() < until; await sleep(20)) {
    const { listeners } = await agent.call<{ listeners: readonly Listener[] }>('listening');
    if (listeners.some((it) => it.port === port)) return undefined;
    const ended = (await shell.ask(':')).find((line) => line.startsWith(ENDED));
    if (ended !== undefined) return `ended with ${ended.slice(ENDED.length)}`;
  }
  return `does not listen on port ${port}`;
}

/** With the program by its path. */
function commandFor(host: Host, companion: CompanionProgram, argv: readonly string[]): readonly [string, ...string[]] {
  const [program = '', ...rest] = argv;
  const file = findTool(host, program);
  if (file === undefined)
    throw new EnvironmentError(
      `\`${program}\` is not on this machine, and \`prove.companions\` asks for ${companion.name}`,
      companion.install,
    );
  return [file, ...rest];
}

/** `/usr/lib/postgresql/*` + `/bin`: the folders that are there, of the highest number first. */
function newestFirst(pattern: string): readonly string[] {
  const [before = '', after] = pattern.split('/*');
  if (after === undefined) return [pattern];
  try {
    const names = readdirSync(before).toSorted((a, b) => Number.parseFloat(b) - Number.parseFloat(a));
    return names.map((name) => `${before}/${name}${after}`);
  } catch {
    return [];
  }
}

const failure = ({ name }: CompanionProgram, argv: readonly string[], what: string, shell: DrivenShell): EnvironmentError => {
  const said = shell.complaint().trimEnd().split('\n').at(-1) ?? '';
  return new EnvironmentError(`${name} ${what}${said === '' ? '' : `: ${said}`}`, `run \`${argv.join(' ')}\` by itself to see why`);
};
