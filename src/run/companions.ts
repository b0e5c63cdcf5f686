import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EnvironmentError } from '../base/index.ts';
import { runProcess } from '../base/node.ts';
import type { CompanionHandle, CompanionProgram, HttpAnswer, Listener } from './types.ts';
import type { Agent, Network } from './agent.ts';
import { findTool, toolEnvironment, type Host } from './host.ts';
import type { Undo } from './undo.ts';

/** A database that was just made listens within a second; twenty are for a loaded machine. */
const LISTEN_WITHIN_MS = 20_000;
/** To make a database takes a second or two. */
const PREPARE_WITHIN_MS = 60_000;
/** `nobody`, who has a line in /etc/passwd: initdb looks its user up. */
export const ORDINARY = 65534;

/**
 * Starts programs of the host beside the service: in its network, on its loopback, in an empty folder each, before the
 * service starts. They see the host's files, not the image's. They end with the container, and with Plimsoll however it
 * ends. Throws EnvironmentError for a program that is not there, ends, or does not listen.
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
  const folder = await mkdtemp(join(tmpdir(), `plimsoll-${companion.name}-`));
  undo.add(() => rm(folder, { recursive: true, force: true }));
  if (companion.refusesRoot && host.uid === 0) await chown(folder, target.nobody, target.nobody);
  const job = { cwd: folder, env: toolEnvironment(where) };

  for (const step of companion.before ?? []) {
    const [file, ...args] = commandFor(where, target, companion, step);
    const end = await runProcess({ argv: [file ?? '', ...args], ...job, timeoutMs: PREPARE_WITHIN_MS });
    if (end.code !== 0) throw failure(companion, step, `\`${step[0]}\` ended with ${end.code}`, lastLine(end.stderr || end.stdout));
  }
  const [file = '', ...args] = commandFor(where, target, companion, companion.argv);
  const running = programIn(() => spawn(file, args, { ...job, stdio: ['ignore', 'pipe', 'pipe'] }));
  undo.add(running.stop);
  const begin = async (): Promise<void> => {
    const child = running.start();
    await untilServing(agent, companion, child, lastWords(child));
  };
  await begin();
  return { stop: running.stop, start: begin };
}

/** A program that can be ended and started again. */
function programIn(begin: () => ChildProcess): { start(): ChildProcess; stop(): Promise<void> } {
  let child: ChildProcess | undefined;
  let ended: Promise<void> = Promise.resolve();
  return {
    start() {
      const begun = (child = begin());
      ended = new Promise((resolve) => begun.once('close', () => resolve()).once('error', () => resolve()));
      return begun;
    },
    async stop() {
      child?.kill('SIGKILL');
      await ended;
    },
  };
}

async function untilServing(agent: Agent, companion: CompanionProgram, child: ChildProcess, said: () => string): Promise<void> {
  if (!(await listens(agent, companion.port, child)))
    throw failure(
      companion,
      companion.argv,
      child.exitCode === null ? `does not listen on port ${companion.port}` : `ended with ${child.exitCode}`,
      said(),
    );
  for (const { method, path } of companion.asked ?? []) {
    const answer = await agent.call<HttpAnswer>('request', { port: companion.port, method, path });
    if (!answer.answered || answer.status >= 400)
      throw failure(companion, companion.argv, `answers ${method} ${path} with ${answer.answered ? answer.status : answer.why}`, said());
  }
}

async function listens(agent: Agent, port: number, child: ChildProcess): Promise<boolean> {
  for (const until = performance.now() + LISTEN_WITHIN_MS; performance.now() < until && child.exitCode === null; await sleep(20)) {
    const { listeners } = await agent.call<{ listeners: readonly Listener[] }>('listening');
    if (listeners.some((it) => it.port === port)) return true;
  }
  return false;
}

/**
 * The program in the container's network and in namespaces of its own for processes and for shared memory: whatever it
 * starts ends with it, and PostgreSQL's segment too, which SIGKILL would leave behind. Each part asks for the signal
 * anew: a change of user forgets it (prctl(2), PR_SET_PDEATHSIG).
 */
function commandFor(host: Host, { pid, joinUser }: Network, companion: CompanionProgram, argv: readonly string[]): string[] {
  const [program = '', ...rest] = argv;
  const file = findTool(host, program);
  if (file === undefined)
    throw new EnvironmentError(
      `\`${program}\` is not on this machine, and \`prove.companions\` asks for ${companion.name}`,
      companion.install,
    );
  const tool = (name: string): string => findTool(host, name) ?? name;
  const dying = [tool('setpriv'), '--pdeathsig', 'SIGKILL', '--no-new-privs'];
  const asNobody = [`--reuid=${ORDINARY}`, `--regid=${ORDINARY}`, '--clear-groups', '--inh-caps=-all', '--bounding-set=-all'];
  // An ordinary user is root in the container's user namespace alone; in one of its own it is somebody else.
  const asSomebody = [tool('unshare'), '--user', `--map-user=${ORDINARY}`, `--map-group=${ORDINARY}`];
  const refuses = companion.refusesRoot === true;
  return [
    [tool('nsenter'), '--target', String(pid), ...joinUser, '--net'],
    dying,
    [tool('unshare'), '--ipc', '--pid', '--fork', '--kill-child'],
    refuses && host.uid !== 0 ? asSomebody : [],
    dying,
    refuses && host.uid === 0 ? asNobody : [],
    [file, ...rest],
  ].flat();
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

const failure = ({ name }: CompanionProgram, argv: readonly string[], what: string, said: string): EnvironmentError =>
  new EnvironmentError(`${name} ${what}${said === '' ? '' : `: ${said}`}`, `run \`${argv.join(' ')}\` by itself to see why`);

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';

/** The last line that it printed; the pipes are read so that it never waits for them. */
function lastWords(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (more: string) => (text = (text + more).slice(-2048)));
  return () => lastLine(text);
}
