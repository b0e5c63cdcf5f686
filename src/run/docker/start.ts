import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Image } from '../../image/index.ts';
import { startAgent, type Agent, type Network } from '../agent.ts';
import { monotonicMs } from '../clock.ts';
import { startCompanions } from '../companions.ts';
import type { Parts } from '../container.ts';
import type { Host } from '../host.ts';
import { IDLE_PATH, requiredIdleProgram } from '../idle.ts';
import { imageUser } from '../image-user.ts';
import { boundedLog, type Log } from '../log.ts';
import { memoryAccountOf } from '../memory.ts';
import { publishPorts } from '../publish.ts';
import { setupError } from '../setup-error.ts';
import { sendSignal, type SendSignal } from '../signal.ts';
import { pathBounds, tmpfsVolumeOptions } from '../tmpfs.ts';
import type { ChangedPath, Exit, Memory, RunOptions } from '../types.ts';
import type { Undo } from '../undo.ts';
import { volumesOf } from '../volumes.ts';
import { changesOf, layersOf } from './changes.ts';
import { ask, commandOf, type Client } from './client.ts';
import { environmentWords } from './environment-file.ts';
import { execBeside } from './exec.ts';
import { exitOf, isRunning } from './exit.ts';
import { sinceStart } from './log.ts';
import { LABEL, newName, quietly } from './names.ts';
import { begun, isUnstarted, monotonicOf, stateOf, type State } from './state.ts';

export interface StartJob {
  readonly client: Client;
  readonly host: Host;
  readonly image: Pick<Image, 'config' | 'layers'>;
  /** What the engine calls it, and the program that does nothing. */
  readonly names: { readonly image: string; readonly pause: string };
  readonly options: RunOptions;
  /** A private folder. */
  readonly folder: string;
}

/** More than a service needs, and few enough for a machine: the limit is against what forks without end. */
const MOST_PROCESSES = 4096;

/** Starts a container beside one that does nothing and holds its network and writable folders. What was made is undone by `undo`. */
export async function startContainer(job: StartJob, undo: Undo): Promise<Parts & { readonly id: string }> {
  const { client, host, options } = job;
  const held = await hold(job, undo);
  const agent = startAgent(host, held.network);
  undo.add(() => agent.end());
  const companions = await startCompanions(host, agent, held.network, options.companions ?? [], undo);
  const id = await create(job, held, undo);
  await fillVolumes(job, agent, id, held);
  const begunLog = boundedLog(monotonicMs, options.onLog);
  const attached = attach(client, id, begunLog);
  const state = await begun(client, id, attached.hasEnded, options);
  const startMs = state.Pid > 0 || !isUnstarted(state) ? monotonicOf(state.StartedAt) : monotonicMs();
  const ended = isUnstarted(state)
    ? Promise.resolve(neverStarted(state, await attached.code, begunLog))
    : endOf(client, id, state, attached, startMs);
  ended.catch(() => {}); // those who ask are told
  if (options.publish) undo.add(await publishPorts(agent, options.publish));
  const layers = options.readOnlyRoot ? undefined : await layersOf(client, id, state.Pid, host.uid === 0);
  return {
    id,
    agent,
    log: sinceStart(begunLog, startMs),
    startMs,
    pid: state.Pid,
    ended,
    send: sender(host, agent),
    exec: (argv, timeoutMs) => execBeside({ client, agent, id, pid: state.Pid }, argv, timeoutMs),
    memory: memoryOf(job, agent, id, state.Pid, undo),
    changes: async () =>
      layers
        ? changesOf(client, id, agent, layers)
        : (await agent.call<{ changes: readonly ChangedPath[] }>('changes', { folders: held.folders })).changes,
    upper: layers?.written ?? '',
    companions,
  };
}

interface Volume {
  readonly name: string;
  readonly path: string;
  /** The image's own: the engine copies into it what the image has there, and gives it that folder's owner. */
  readonly isFilled: boolean;
}

/** What is there before the container and after it. */
interface Held {
  readonly id: string;
  readonly network: Network;
  readonly volumes: readonly Volume[];
  /** Where the volumes can be read, and as what they are shown. */
  readonly folders: readonly { readonly folder: string; readonly shownAs: string }[];
}

async function hold({ client, host, image, names, options }: StartJob, undo: Undo): Promise<Held> {
  const paths = options.readOnlyRoot ? options.writablePaths : [];
  const root = { uid: 0, gid: 0 };
  const user = options.user ?? (paths.length === 0 ? root : await imageUser(image));
  const isVolume = volumesOf((await image.config()).config ?? {});
  const bounds = tmpfsVolumeOptions(pathBounds(paths.length));
  const volumes: Volume[] = [];
  for (const path of paths) {
    const name = newName();
    undo.add(() => quietly(client, ['volume', 'rm', name]));
    const isFilled = isVolume(path);
    const { uid, gid } = isFilled ? root : user;
    const mount = `uid=${uid},gid=${gid},mode=${path === '/tmp' ? '1777' : '0755'},nosuid,nodev,${bounds}`;
    const tmpfs = ['--driver', 'local', '--opt', 'type=tmpfs', '--opt', 'device=tmpfs', '--opt', `o=${mount}`];
    await ask(client, ['volume', 'create', '--label', LABEL, ...tmpfs, name], options);
    volumes.push({ name, path, isFilled });
  }
  const name = newName();
  undo.add(() => quietly(client, [...client.remove, name]));
  const mounts = volumes.flatMap((volume, i) => ['--volume', `${volume.name}:/w${i}:nocopy`]);
  const words = ['--network', 'none', '--hostname', 'plimsoll', '--read-only', ...mounts, names.pause];
  await ask(client, ['run', '--detach', ...confined(client, name), ...words], options);
  const { Pid: pid } = await stateOf(client, name, options);
  if (pid === 0) throw setupError('the container that holds the network has ended');
  const folders = volumes.map(({ path }, i) => ({ folder: `/proc/${pid}/root/w${i}`, shownAs: path }));
  return {
    id: name,
    network: { pid, joinUser: host.uid === 0 ? [] : ['--user', '--preserve-credentials'] },
    volumes,
    folders,
  };
}

const confined = (client: Client, name: string): readonly string[] => [
  '--pull=never',
  `--name=${name}`,
  `--label=${LABEL}`,
  '--log-driver=none',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  ...client.create,
];

async function create({ client, host, names, options, folder }: StartJob, held: Held, undo: Undo): Promise<string> {
  const name = newName();
  const { words: values, env, remove } = await environmentWords(folder, options.environment);
  undo.add(() => quietly(client, [...client.remove, name]));
  const [entrypoint, ...rest] = options.argv === 'idle' ? [IDLE_PATH] : (options.argv ?? []);
  const memory =
    options.memoryBytes === undefined ? [] : ['--memory', `${options.memoryBytes}b`, '--memory-swap', `${options.memoryBytes}b`];
  const words = [
    `--network=container:${held.id}`,
    ...held.volumes.flatMap((volume) => ['--volume', `${volume.name}:${volume.path}${volume.isFilled ? '' : ':nocopy'}`]),
    ...hostsOf(folder, options),
    ...(options.argv === 'idle' ? idleOf(folder) : []),
    ...(options.readOnlyRoot ? ['--read-only'] : []),
    ...(options.user ? ['--user', `${options.user.uid}:${options.user.gid}`] : []),
    ...memory,
    // Without control groups of its own an ordinary user's Podman cannot, and complains.
    ...(host.uid === 0 ? ['--pids-limit', String(MOST_PROCESSES)] : []),
    ...(entrypoint === undefined ? [] : [`--entrypoint=${entrypoint}`]),
    ...values,
  ];
  const said = await ask(client, ['create', ...confined(client, name), ...words, names.image, ...rest], { ...options, env }).finally(
    remove,
  );
  return said.split('\n').at(-1) ?? name;
}

/** Docker copies when a container is made, Podman when it is set up. */
async function fillVolumes({ client, host, options }: StartJob, agent: Agent, id: string, { volumes, folders }: Held): Promise<void> {
  const filled = folders.filter((_, i) => volumes[i]!.isFilled);
  if (filled.length === 0) return;
  if (client.id === 'podman') {
    await ask(client, ['init', id], options);
    // It gives a volume its owner when the first container comes, which is the one that does nothing.
    const below = (await layersOf(client, id, 0, host.uid === 0)).folders;
    await agent.call('ownLike', { folders: filled.map((it) => ({ folder: it.folder, like: below.map((layer) => layer + it.shownAs) })) });
  }
  if (options.user) await agent.call('give', { folders: filled.map((it) => ({ folder: it.folder, ...options.user })) });
  await agent.call('remember', { folders: filled.map((it) => it.folder) });
}

/** `--add-host` is refused beside the network of another container, and is not handed on by it with each engine. */
function hostsOf(folder: string, { hosts = [] }: RunOptions): readonly string[] {
  if (hosts.length === 0) return [];
  const file = join(folder, 'hosts');
  const names = ['localhost', 'plimsoll', ...hosts].map((name) => `127.0.0.1\t${name}\n`);
  writeFileSync(file, `${names.join('')}::1\tlocalhost\n`, { mode: 0o644 });
  return ['--volume', `${file}:/etc/hosts:ro`];
}

function idleOf(folder: string): readonly string[] {
  const file = join(folder, 'idle');
  writeFileSync(file, requiredIdleProgram(), { mode: 0o755 });
  return ['--volume', `${file}:${IDLE_PATH}:ro`];
}

interface Attached {
  readonly code: Promise<number>;
  readonly hasEnded: () => boolean;
}

/** Starts it with its streams as pipes. In a session of its own: the client would pass a Ctrl-C on. */
function attach(client: Client, id: string, log: Log): Attached {
  const [file, ...args] = commandOf(client, ['start', '--attach', id]);
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  log.follow('stdout', child.stdout);
  log.follow('stderr', child.stderr);
  let ended = false;
  const code = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? 125));
  }).finally(() => (ended = true));
  code.catch(() => {}); // those who ask are told
  return { code, hasEnded: () => ended };
}

/** A program that is not there, or may not be run: as a shell has it, with the engine's word in the log. */
function neverStarted(state: State, code: number, log: Log): Exit {
  const said =
    log
      .lines()
      .map((line) => line.text)
      .findLast((text) => /error/i.test(text)) ?? `the client ended with ${code}`;
  // Podman ends with 125 whatever it was; runc and crun say it in execve's words.
  const inWords = /: exec: .*(no such file|not found)|executable file .*not found/i.test(said)
    ? 127
    : /: exec: .*permission denied/i.test(said)
      ? 126
      : code;
  const status = [state.ExitCode, inWords].find((it) => it === 126 || it === 127);
  if (status === undefined) throw setupError(said);
  return { code: status, signal: null, atMs: 0 };
}

/** Looked for so often, in milliseconds: the engine tells it later. */
const END_MS = 10;

async function endOf(client: Client, id: string, { Pid: pid }: State, attached: Attached, startMs: number): Promise<Exit> {
  let goneMs: number | undefined;
  const watch = setInterval(() => {
    if (pid > 0 && !isRunning(pid)) goneMs ??= monotonicMs();
  }, END_MS).unref();
  const status = await attached.code.finally(() => clearInterval(watch));
  goneMs ??= monotonicOf((await stateOf(client, id)).FinishedAt);
  return { ...exitOf(status), atMs: Math.max(0, goneMs - startMs) };
}

/** Processes of an ordinary user's Podman belong to its subordinate ids: root of that user namespace may signal them. */
const sender = (host: Host, agent: Agent): SendSignal =>
  host.uid === 0 ? sendSignal : async (pid, signal) => void (await agent.call('signal', { pid, signal }));

/** Read so often, in milliseconds: the kernel's account goes with the container. */
const SAMPLE_MS = 200;

function memoryOf({ host, client }: StartJob, agent: Agent, id: string, pid: number, undo: Undo): () => Promise<Memory> {
  const account = memoryAccountOf(host, pid, id);
  if (!account) {
    agent.call('sample', { proc: `/proc/${pid}/root/proc`, everyMs: SAMPLE_MS }).catch(() => {});
    return async () => ({ ...(await agent.call<{ peakBytes: number }>('peak')), how: 'sampled' });
  }
  let last: Extract<Memory, { how: 'cgroup' }> = { how: 'cgroup', peakBytes: 0, inUseBytes: 0, oomKills: 0 };
  const look = (): void => {
    try {
      last = account.account();
    } catch {
      // it has ended
    }
  };
  look();
  const watch = setInterval(look, SAMPLE_MS).unref();
  undo.add(() => clearInterval(watch));
  return async () => {
    look();
    // The group goes with the container, and what the kernel did last with it; the engine has been told.
    const killed = last.oomKills === 0 && (await stateOf(client, id)).OOMKilled === true;
    return killed ? { ...last, oomKills: 1 } : last;
  };
}
