import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EnvironmentError } from '../../base/index.ts';
import type { CompanionProgram, Listener } from '../types.ts';
import type { Agent } from './agent.ts';
import { findTool, toolEnvironment, type Host } from './host.ts';
import type { Undo } from './undo.ts';

/** A database that was just made listens within a second; ten are for a loaded machine. */
const LISTEN_WITHIN_MS = 10_000;

/**
 * Starts programs of the host beside the service: in its network, on its loopback, in an empty folder each, before the
 * service starts. They see the host's files, not the image's. They end with the container, and with Plimsoll however it
 * ends. Throws EnvironmentError for a program that is not there, ends, or does not listen.
 */
export async function startCompanions(
  host: Host,
  agent: Agent,
  target: { readonly pid: number; readonly withUser: boolean },
  companions: readonly CompanionProgram[],
  undo: Undo,
): Promise<void> {
  await Promise.all(companions.map((companion) => start(host, agent, target, companion, undo)));
}

async function start(
  host: Host,
  agent: Agent,
  { pid, withUser }: { readonly pid: number; readonly withUser: boolean },
  { name, argv, port, install }: CompanionProgram,
  undo: Undo,
): Promise<void> {
  const [program = '', ...rest] = argv;
  const file = findTool(host, program);
  if (file === undefined)
    throw new EnvironmentError(`\`${program}\` is not on this machine, and \`prove.companions\` asks for ${name}`, install);
  const folder = await mkdtemp(join(tmpdir(), `plimsoll-${name}-`));
  undo.add(() => rm(folder, { recursive: true, force: true }));
  const namespaces = ['--target', String(pid), ...(withUser ? ['--user', '--preserve-credentials'] : []), '--net'];
  const confined = [findTool(host, 'setpriv') ?? 'setpriv', '--pdeathsig', 'SIGKILL', '--no-new-privs'];
  const child = spawn(findTool(host, 'nsenter') ?? 'nsenter', [...namespaces, ...confined, file, ...rest], {
    cwd: folder,
    env: toolEnvironment(host),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = lastWords(child);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()).once('error', () => resolve()));
  undo.add(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  for (const until = performance.now() + LISTEN_WITHIN_MS; performance.now() < until && child.exitCode === null; await sleep(20)) {
    const { listeners } = await agent.call<{ listeners: readonly Listener[] }>('listening');
    if (listeners.some((it) => it.port === port)) return;
  }
  throw new EnvironmentError(
    `${name} ${child.exitCode === null ? `does not listen on port ${port}` : `ended with ${child.exitCode}`}${said() === '' ? '' : `: ${said()}`}`,
    `run \`${argv.join(' ')}\` by itself to see why`,
  );
}

/** The last line that it printed; the pipes are read so that it never waits for them. */
function lastWords(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (more: string) => (text = (text + more).slice(-2048)));
  return () => text.trimEnd().split('\n').at(-1) ?? '';
}
