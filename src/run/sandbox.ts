import { chownSync, lstatSync, mkdirSync, mkdtempSync, readlinkSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Agent, Network } from './agent.ts';
import { resourceLimits, spareMemory } from './embedded/limits.ts';
import { DEVICES, fstab, type Mount } from './embedded/mounts.ts';
import { filterOf, OWN_PROGRAMS, writeOwnPrograms } from './embedded/own-programs.ts';
import { drivenShell, quote, type DrivenShell } from './embedded/shell.ts';
import { findTool, toolEnvironment, type Host } from './host.ts';
import { companionIds } from './ids.ts';
import { makeMemoryGroup, memoryHierarchy, type MemoryGroup } from './memory.ts';
import { pathBounds, tmpfsOptions } from './tmpfs.ts';
import type { Undo } from './undo.ts';

/** Where a companion's files lie in its sandbox: all that it may write to. */
const DATA = '/data';

/** The host's folders of programs and libraries, which everybody may read. */
const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
/** Files of /etc by which programs find their libraries, the time and each other. */
const ETC = ['ld.so.cache', 'localtime', 'alternatives'];
const OPENED = [DATA, '/tmp', '/run', '/dev/shm'];
const SAFE = 'nosuid,nodev';

/**
 * A shell in the container's network that is PID 1 of its own process namespace, and has nothing of the host but its
 * programs, to read: files of its own are in memory, bounded, and gone with it. It is a user of its own without any
 * privilege, under the filter of system calls and the limits that containers have. `programs`: what else of the host it
 * is to find, by its path. All of it ends with `undo`, and with Plimsoll however it ends.
 */
export async function openSandbox(
  host: Host,
  agent: Agent,
  network: Network,
  programs: readonly string[],
  undo: Undo,
): Promise<DrivenShell> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-companion-'));
  undo.add(() => rmSync(folder, { recursive: true, force: true }));
  const group = memoryGroup(host, agent, undo);
  const tool = (name: string): string => toolIn(host, name);
  const shell = drivenShell(joinCommand(host, network, tool), '/', toolEnvironment(host));
  undo.add(async () => {
    shell.kill();
    await shell.ended;
  });
  const root = join(folder, 'root');
  const view = `/proc/${shell.pid}/root${root}`;
  mkdirSync(root);
  // The mounted /proc is still the host's.
  const [pid] = await shell.ask(
    `umask 022; mount -n -t tmpfs -o mode=0755,${SAFE},${tmpfsOptions(pathBounds(1))} plimsoll ${quote(root)}; read -r pid _ </proc/self/stat; echo "$pid" >&3`,
  );
  await group?.add(Number(pid));
  const filtered = furnish(host, view, tool('sh'));
  const table = join(folder, 'fstab');
  writeFileSync(table, fstab(mountsAt(root, view, programs)));
  await shell.ask(
    [
      `mount -n -a -T ${quote(table)}`,
      `cd ${quote(root)}`,
      'pivot_root . old',
      `cd /; ${quote(tool('umount'))} -n -i -c -l /old`,
      `cd ${DATA}`,
    ].join('\n'),
  );
  const launcher = filtered ? [`/own/${OWN_PROGRAMS.launcher}`] : [];
  await shell.become([...ownUser(host, tool), ...launcher, `/own/${OWN_PROGRAMS.shell} -es`].join(' '));
  return shell;
}

function joinCommand(host: Host, { pid, joinUser }: Network, tool: (name: string) => string): [string, ...string[]] {
  const join = ['--target', String(pid), ...(host.uid === 0 ? [] : joinUser), '--net'];
  const apart = [tool('unshare'), '--mount', '--ipc', '--pid', '--fork', '--kill-child=SIGKILL', tool('sh'), '-es'];
  return [tool('nsenter'), ...join, tool('setpriv'), '--pdeathsig', 'SIGKILL', '--no-new-privs', ...apart];
}

/** What a companion's processes and files may take together: those of a small service's database. */
const MEMORY_BYTES = 2 * 1024 ** 3;

function memoryGroup(host: Host, agent: Agent, undo: Undo): MemoryGroup | undefined {
  const hierarchy = memoryHierarchy(host);
  if (hierarchy === undefined) return undefined;
  const group = makeMemoryGroup(hierarchy, Math.min(MEMORY_BYTES, spareMemory(host)));
  undo.add(() => group.remove());
  // If Plimsoll is killed, the agent is the last to know of the group.
  agent.call('watch', { cgroup: group.path }).catch(() => {});
  return group;
}

/** Root becomes an id that nobody has; an ordinary user, who has one alone, is somebody else in a user namespace. */
function ownUser(host: Host, tool: (name: string) => string): readonly string[] {
  const { uid, gid } = companionIds(host);
  const limits = [quote(tool('prlimit')), resourceLimits(host, false)];
  const dying = [quote(tool('setpriv')), '--no-new-privs --pdeathsig SIGKILL --inh-caps=-all --ambient-caps=-all'];
  return host.uid === 0
    ? [...limits, ...dying, `--reuid=${uid} --regid=${gid} --clear-groups --bounding-set=-all`]
    : [quote(tool('unshare')), `--user --map-user=${uid} --map-group=${gid}`, ...limits, ...dying];
}

/** By a path that leads to it in the sandbox too. */
function toolIn(host: Host, name: string): string {
  const file = findTool(host, name) ?? name;
  return SYSTEM.some((folder) => file.startsWith(`${folder}/`)) || !file.startsWith('/') ? file : realpathSync(file);
}

/** Folders, accounts and links below the new root; returns whether there is a filter of system calls. */
function furnish(host: Host, root: string, sh: string): boolean {
  const { uid, gid } = companionIds(host);
  for (const name of ['data', 'dev', 'dev/shm', 'etc', 'old', 'own', 'proc', 'run', 'tmp']) mkdirSync(join(root, name));
  if (host.uid === 0) for (const path of OPENED) chownSync(root + path, uid, gid);
  const write = (path: string, text: string): void => writeFileSync(root + path, text);
  write('/etc/passwd', `root:x:0:0::/:/bin/sh\ncompanion:x:${uid}:${gid}::${DATA}:/bin/sh\n`);
  write('/etc/group', `root:x:0:\ncompanion:x:${gid}:\n`);
  write('/etc/hosts', '127.0.0.1 localhost\n::1 localhost\n');
  for (const name of DEVICES) write(`/dev/${name}`, '');
  symlinkSync('/proc/self/fd', `${root}/dev/fd`);
  return writeOwnPrograms(`${root}/own`, sh, filterOf(host));
}

/** What is mounted below the new root; makes the places for it, and the links that the host has among its own. */
function mountsAt(root: string, view: string, programs: readonly string[]): readonly Mount[] {
  const bind = (path: string, options: string): Mount => ({ source: path, target: root + path, type: 'none', options });
  const folders = [...SYSTEM, ...ETC.map((name) => `/etc/${name}`), ...new Set(programs.flatMap(placesOf))];
  return [
    { source: 'proc', target: `${root}/proc`, type: 'proc', options: `${SAFE},noexec` },
    ...DEVICES.map((name) => bind(`/dev/${name}`, 'bind')),
    ...folders.flatMap((path) => {
      const found = lstatSync(path, { throwIfNoEntry: false });
      if (found === undefined) return [];
      mkdirSync(dirname(view + path), { recursive: true });
      if (found.isSymbolicLink()) symlinkSync(readlinkSync(path), view + path);
      else if (found.isDirectory()) mkdirSync(view + path, { recursive: true });
      else writeFileSync(view + path, '');
      return found.isSymbolicLink() ? [] : [bind(path, `rbind,ro,${SAFE}`)];
    }),
  ];
}

/** Of a program outside of the system's folders: what it was installed to, such as /opt/redis for /opt/redis/bin/redis-server. */
function placesOf(path: string): readonly string[] {
  const real = realpathSync(path);
  const outside = [path, real].filter((it) => !SYSTEM.some((folder) => it.startsWith(`${folder}/`)));
  return outside.map((it) => {
    const folder = lstatSync(it).isDirectory() ? it : dirname(it);
    const above = dirname(folder);
    const isOwn = folder === it || !/^s?bin$|^shims$/.test(basename(folder)) || above === homedir() || above === '/';
    return isOwn ? folder : above;
  });
}
