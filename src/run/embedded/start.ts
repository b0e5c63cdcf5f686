import { UserError } from '../../base/index.ts';
import type { Store } from '../../base/node.ts';
import type { Image, ImageConfig } from '../../image/index.ts';
import type { ChangedPath, Exit, Memory, RunOptions } from '../types.ts';
import { startAgent, type Agent } from '../agent.ts';
import { startCompanions } from '../companions.ts';
import type { Parts } from '../container.ts';
import { execBeside } from './exec.ts';
import { openFifo } from './fifo.ts';
import { makeMountPoints, mountImage, openHolder, type Holder, type Placed } from './holder.ts';
import type { Host } from '../host.ts';
import { hasId, joinNamespace, type IdPlan } from '../ids.ts';
import { readInside } from './inside.ts';
import { spareMemory } from './limits.ts';
import { boundedLog } from '../log.ts';
import { makeMemoryGroup, memoryHierarchy, type MemoryGroup } from '../memory.ts';
import { containerMounts, type Mount } from './mounts.ts';
import { becomeProgram, confine, startWaiting, type Waiting } from './process.ts';
import { programOf } from './program-of.ts';
import { publishPorts } from '../publish.ts';
import { monotonicMs } from '../clock.ts';
import { quote } from './shell.ts';
import { sendSignal } from '../signal.ts';
import { writeFstab } from './skeleton.ts';
import type { Undo } from '../undo.ts';
import type { Unpacked } from './unpack.ts';
import { resolveUser, type ContainerUser } from '../user.ts';
import { volumesOf } from '../volumes.ts';

export interface StartJob {
  readonly host: Host;
  readonly store: Store;
  readonly ids: IdPlan;
  readonly image: Image;
  readonly layers: Unpacked;
  readonly options: RunOptions;
}

/** Starts the container. What it made is undone by `undo`, also when this throws. */
export async function startContainer(job: StartJob, undo: Undo): Promise<Parts> {
  const { host, ids, options } = job;
  const config = (await job.image.config()).config ?? {};
  const holder = await hold(job, undo);
  // Both take their time to start, and neither needs the mounts yet.
  const network = { pid: holder.shell.pid, joinUser: joinNamespace(ids) };
  const agent = startAgent(host, network, ['--mount']);
  undo.add(() => agent.end());
  const begun = startWaiting(host, holder);
  undo.add(() =>
    begun.then(
      (waiting) => end(waiting),
      () => {},
    ),
  );
  await mountImage(holder, job.layers, options);
  // After it, because the loopback is up then; before the service can make namespaces no more.
  const companions = await startCompanions(host, agent, network, options.companions ?? [], undo);
  const placed = await makeMountPoints(holder, options.writablePaths, config.WorkingDir || '/');
  const user = userOf(holder, config, options);
  const waiting = await begun;
  const volumes = options.readOnlyRoot ? volumesAt(config, options, placed) : [];
  const mounting = mountAll(job, holder, waiting, placed, user).then(async (mounts) => {
    await fillVolumes(job, holder, waiting, agent, volumes);
    return mounts;
  });
  // What is copied into volumes is in memory, and not the service's.
  const before = volumes.length > 0 ? mounting : Promise.resolve();
  const [mounts, group] = await Promise.all([mounting, before.then(() => limitMemory(job, agent, waiting, undo))]);

  const { places, view } = holder;
  const fifos = { stdout: openFifo(view + places.fifos.stdout), stderr: openFifo(view + places.fifos.stderr) };
  await confine(host, holder, waiting, user, places.fifos);
  if (ids.kind !== 'host') await forbidNamespaces(holder);
  // A group that is only a guard counts otherwise than what is compared with limits: caches, and files in memory.
  const measured = options.memoryBytes === undefined ? undefined : group;
  if (!measured)
    tell(agent, 'sample', {
      proc: `${places.root}/proc`,
      everyMs: SAMPLE_MS,
      pid: waiting.pid,
      limitBytes: options.memoryBytes ?? spareMemory(host),
    });
  if (options.publish) undo.add(await publishPorts(agent, options.publish));

  const program = programOf(config, options, holder.hostname, user);
  let startMs = monotonicMs();
  const log = boundedLog(() => monotonicMs() - startMs, options.onLog);
  log.follow('stdout', fifos.stdout.start());
  log.follow('stderr', fifos.stderr.start());
  startMs = await becomeProgram(waiting, program);
  return {
    agent,
    log,
    startMs,
    pid: waiting.pid,
    ended: exitOf(waiting, startMs),
    exec: (argv, timeoutMs) =>
      execBeside(host, holder, waiting.pid, { ...program, argv }, { timeoutMs, limit: async (pid) => group?.add(pid) }),
    memory: () => memoryOf(agent, measured),
    changes: async () =>
      (await agent.call<{ changes: readonly ChangedPath[] }>('changes', written(holder, placed, mounts, options))).changes,
    send: sendSignal,
    upper: view + places.upper,
    companions,
  };
}

/**
 * How PID 1 ended, as its parent, unshare(1), tells it by ending alike. It cannot do so for SIGKILL (2.38: signal(2)
 * refuses to reset it): then it complains and exits with 1. Nothing else writes to its standard error.
 */
async function exitOf({ shell }: Waiting, startMs: number): Promise<Exit> {
  const { code, signal, atMs } = await shell.ended;
  const killed = code === 1 && /^unshare: /m.test(shell.complaint());
  return { code: killed ? null : code, signal: killed ? 'SIGKILL' : signal, atMs: atMs - startMs };
}

/** Without waiting: the agent may still be starting, and is told in order. When it has ended, later calls say so. */
function tell(agent: Agent, op: string, details: object): void {
  agent.call(op, details).catch(() => {});
}

/** PSS is read so often, in milliseconds: a few percent of one processor for a service of some processes. */
const SAMPLE_MS = 200;

async function hold({ host, ids, store, layers }: StartJob, undo: Undo): Promise<Holder> {
  const base = await store.folder('mount', 'point', async () => {});
  const holder = await openHolder(host, ids, base, layers.parent);
  undo.add(async () => {
    holder.shell.kill();
    await holder.shell.ended;
  });
  return holder;
}

async function end(waiting: Waiting): Promise<void> {
  // PID 1 first: its end is that of its namespace. Its parent may be reaping it.
  if (!waiting.shell.hasEnded()) sendSignal(waiting.pid, 'SIGKILL');
  await waiting.shell.ended;
}

function userOf(holder: Holder, config: NonNullable<ImageConfig['config']>, options: RunOptions): ContainerUser {
  const read = (name: string): string => readInside(holder.view + holder.places.merged, `/etc/${name}`);
  const wanted = options.user ? `${options.user.uid}:${options.user.gid}` : (config.User ?? '');
  const user = resolveUser(wanted, read('passwd'), read('group'));
  const { ids } = holder;
  const isMapped = [...user.groups, user.gid].every((id) => hasId(ids.gids, id)) && hasId(ids.uids, user.uid);
  if (!isMapped && (ids.kind === 'shifted' || ids.kind === 'mapped'))
    throw new UserError(
      `the image's user \`${wanted}\` has ids above 65535 by name: ${[user.uid, user.gid, ...user.groups].join(', ')}`,
      'name it by numbers in USER, which are mapped one by one',
    );
  return user;
}

async function mountAll(
  { host, ids, options }: StartJob,
  holder: Holder,
  waiting: Waiting,
  placed: Placed,
  user: ContainerUser,
): Promise<readonly Mount[]> {
  const { places, view } = holder;
  // With one mapped id, root is the only owner there is; the service sees it as itself.
  const owner = ids.kind === 'single' ? { uid: 0, gid: 0 } : user;
  const tmpfs = options.readOnlyRoot
    ? placed.writable.toSorted((a, b) => a.length - b.length).map((path) => ({ path, mode: path === '/tmp' ? '1777' : '0755' }))
    : [];
  const mounts = containerMounts(host, places, {
    ...owner,
    readOnlyRoot: options.readOnlyRoot,
    ttyGroup: ids.kind !== 'single',
    files: placed.files,
    tmpfs,
  });
  writeFstab(view, places, mounts);
  await waiting.shell.ask(`mount -n -a -T ${quote(places.fstab)}`);
  return mounts;
}

/** Where the image's own volumes really lie. */
function volumesAt(config: NonNullable<ImageConfig['config']>, { writablePaths }: RunOptions, { writable }: Placed): readonly string[] {
  const isVolume = volumesOf(config);
  return writable.filter((_, i) => isVolume(writablePaths[i]!));
}

/** Copies into volumes what the image has there. What does not fit is an end, with cp's word for it. */
async function fillVolumes(
  { ids, options }: StartJob,
  { places }: Holder,
  { shell }: Waiting,
  agent: Agent,
  volumes: readonly string[],
): Promise<void> {
  if (volumes.length === 0) return;
  const copies = volumes.map((path) => `cp -a ${quote(`${places.merged}${path}/.`)} ${quote(`${places.root}${path}/`)}`);
  await shell.ask(copies.join('\n'));
  const folders = volumes.map((path) => places.root + path);
  if (options.user && ids.kind !== 'single') await agent.call('give', { folders: folders.map((folder) => ({ folder, ...options.user })) });
  await agent.call('remember', { folders });
}

async function limitMemory({ host, options }: StartJob, agent: Agent, waiting: Waiting, undo: Undo): Promise<MemoryGroup | undefined> {
  const hierarchy = memoryHierarchy(host);
  if (!hierarchy) return undefined;
  const group = makeMemoryGroup(hierarchy, options.memoryBytes ?? spareMemory(host));
  undo.add(() => group.remove());
  // Undone before the group is removed: that waits until it is empty.
  undo.add(() => end(waiting));
  // If Plimsoll is killed, the agent is the last to know of the group.
  tell(agent, 'watch', { cgroup: group.path });
  await group.add(waiting.pid);
  return group;
}

/** As Docker's seccomp profile does: no namespaces of the container's own, and less of the kernel to attack. */
const forbidNamespaces = (holder: Holder): Promise<unknown> => holder.shell.ask('echo 0 >/proc/sys/user/max_user_namespaces');

async function memoryOf(agent: Agent, group: MemoryGroup | undefined): Promise<Memory> {
  if (group) return group.account();
  return { ...(await agent.call<{ peakBytes: number }>('peak')), how: 'sampled' };
}

/** What the agent needs to tell what the container wrote. */
function written({ places }: Holder, placed: Placed, mounts: readonly Mount[], options: RunOptions): object {
  const { upper, merged, image, root } = places;
  if (options.readOnlyRoot) return { folders: placed.writable.map((path) => ({ folder: root + path, shownAs: path })) };
  const mounted = mounts.map(({ target }) => target.slice(root.length)).filter((path) => path !== '');
  return { overlay: { upper, merged, image, mounted, made: placed.made }, folders: [] };
}
