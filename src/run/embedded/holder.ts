import { writeFileSync } from 'node:fs';
import { hostname as osHostname } from 'node:os';
import { findTool, toolEnvironment, type Host } from '../host.ts';
import { asRootInside, newNamespace, outsideOf, type IdPlan } from '../ids.ts';
import { writeMaps } from './mapping.ts';
import { rootBounds, tmpfsOptions } from '../tmpfs.ts';
import { fstab, type Mount, placesBelow, type Places } from './mounts.ts';
import { setupError } from '../setup-error.ts';
import type { RunOptions } from '../types.ts';
import { filterOf, writeOwnPrograms } from './own-programs.ts';
import { drivenShell, quote, type DrivenShell } from './shell.ts';
import { ETC_FILES, placed, placeScript, writeSkeleton, type Owner } from './skeleton.ts';
import type { Unpacked } from './unpack.ts';

/**
 * The namespaces of one container, held open by a shell in them that sees the host's programs and is root there.
 * All mounts are made here; the container gets a copy of this mount namespace and loses everything but its root.
 * The shell ends, and all with it, when its input closes: with Plimsoll, however that ends.
 */
export interface Holder {
  readonly shell: DrivenShell;
  readonly ids: IdPlan;
  readonly places: Places;
  /** Leads from this process to the shell's root. */
  readonly view: string;
  readonly hostname: string;
  /** False where hostname(1) is not installed: the container keeps the host's name. */
  readonly setsName: boolean;
  /** Whether a filter of system calls stands before the container's programs. */
  readonly filtered: boolean;
}

const HOSTNAME = 'plimsoll';

/** The shell that runs our scripts. dash first: bash has read-only variables that a container's environment may name. */
export const shellOf = (host: Host): string => findTool(host, 'dash') ?? findTool(host, 'sh') ?? 'sh';

/** Makes the namespaces. `base`: an empty folder that is covered inside them. Throws EnvironmentError when the host refuses. */
export async function openHolder(host: Host, ids: IdPlan, base: string, cwd: string): Promise<Holder> {
  const sh = shellOf(host);
  const argv: [string, ...string[]] =
    ids.kind === 'host' ? [sh, '-es'] : [findTool(host, 'unshare') ?? 'unshare', ...newNamespace(ids), sh, '-es'];
  const shell = drivenShell(argv, cwd, toolEnvironment(host));
  try {
    await shell.ask('umask 022');
    if (ids.kind !== 'host') await writeMaps(host, shell.pid, ids);
    // Only now: the network namespace belongs to root of the user namespace if that root is known when it is made.
    // With ids of its own it becomes root among them: what it makes belongs to the image's root.
    await shell.become(`unshare --mount --net --uts --ipc ${asRootInside(ids)} setpriv --pdeathsig SIGKILL ${quote(sh)} -es`);
    const places = placesBelow(base);
    const { stdout, stderr } = places.fifos;
    // Write-only for others, so that a service may open /dev/stdout.
    const [folder, disk] = [quote(base), quote(places.disk)];
    await shell.ask(
      [
        `umask 022; mount -n -t tmpfs -o mode=0755 plimsoll ${folder}; mkdir ${disk}`,
        `mount -n -t tmpfs -o mode=0755,${tmpfsOptions(rootBounds())} plimsoll ${disk}`,
        `mkfifo -m 0622 ${quote(stdout)} ${quote(stderr)}`,
      ].join('\n'),
    );
    const setsName = findTool(host, 'hostname') !== undefined;
    const view = `/proc/${shell.pid}/root`;
    const filtered = writeOwnPrograms(view + places.base, sh, filterOf(host));
    return { shell, ids, places, view, hostname: setsName ? HOSTNAME : osHostname(), setsName, filtered };
  } catch (error) {
    shell.kill();
    throw error;
  }
}

/** Mounts the image, with an empty writable layer over it, and brings the loopback up. */
export async function mountImage(holder: Holder, image: Unpacked, { readOnlyRoot, hosts = [], argv }: RunOptions): Promise<void> {
  const { places, shell, view, hostname } = holder;
  writeSkeleton(view, places, { hostname, hosts, owner: ownerOf(holder.ids), isIdle: argv === 'idle' });
  const early = `${places.base}/early`;
  writeFileSync(view + early, fstab(imageMounts(places, image, !readOnlyRoot)));
  const flags = quote(`${places.sys}/class/net/lo/flags`);
  await shell.ask(
    [
      `mount -n -a -T ${quote(early)}`,
      // IFF_UP and IFF_LOOPBACK of netdevice(7); `ip` is not on all machines.
      `{ echo 0x9 >${flags}; } 2>/dev/null || ip link set lo up`,
      holder.setsName ? `hostname ${quote(hostname)}` : '',
    ].join('\n'),
  );
}

/** The host's numbers of the image's root, where they are not our own. */
const ownerOf = ({ kind, uids, gids }: IdPlan): Owner | undefined =>
  kind === 'shifted' ? { uid: outsideOf(uids, 0), gid: outsideOf(gids, 0) } : undefined;

/** Overlay options are paths relative to the shell's folder, so that the names of 127 layers fit. */
function imageMounts(places: Places, { lowers, parent }: Unpacked, withImage: boolean): readonly Mount[] {
  if (lowers.length === 0) throw setupError('the image has no layers');
  const overlay = (target: string, options: string): Mount => ({
    source: 'overlay',
    target,
    type: 'overlay',
    options: `${options},userxattr`,
  });
  const up = `../mount/point`;
  const below = lowers.join(':');
  const alone =
    lowers.length > 1
      ? overlay(places.image, `ro,lowerdir=${below}`)
      : { source: `${parent}/${lowers[0]}`, target: places.image, type: 'none', options: 'bind' };
  return [
    { source: 'sysfs', target: places.sys, type: 'sysfs', options: 'nosuid,nodev,noexec' },
    overlay(places.merged, `lowerdir=${below},upperdir=${up}/disk/upper,workdir=${up}/disk/work`),
    ...(withImage ? [alone] : []),
  ];
}

export interface Placed {
  /** Where each file of /etc and each writable path really lies in the image. */
  readonly files: readonly { readonly name: string; readonly path: string }[];
  readonly writable: readonly string[];
  /** What was made in the image's tree to mount on. */
  readonly made: readonly string[];
}

/** Makes the mount points in the image's tree. */
export async function makeMountPoints(holder: Holder, writable: readonly string[], workingDir: string): Promise<Placed> {
  const fixed = ['/proc', '/sys', '/dev'];
  const wanted = [
    ...fixed.map((path) => ({ kind: 'd' as const, path })),
    ...ETC_FILES.map((name) => ({ kind: 'f' as const, path: `/etc/${name}` })),
    ...[workingDir, ...writable].map((path) => ({ kind: 'd' as const, path })),
  ];
  const { at, made } = placed(await holder.shell.ask(placeScript(holder.places, wanted)));
  fixed.forEach((path, i) => {
    if (at[i] !== path) throw setupError(`the image's ${path} is a symbolic link to ${at[i]}`);
  });
  return {
    files: ETC_FILES.map((name, i) => ({ name, path: at[fixed.length + i]! })),
    writable: at.slice(fixed.length + ETC_FILES.length + 1),
    made,
  };
}

/**
 * Makes the container's root the root of process `pid`, which waits in a mount namespace of its own, and unmounts the
 * host's: pivot_root(2) on itself puts the old root on top of the new one, from where it is taken away.
 */
export async function pivot(holder: Holder, pid: number): Promise<void> {
  const root = quote(holder.places.root);
  await holder.shell.ask(`nsenter --target ${pid} --mount pivot_root ${root} ${root}; umount -n -i -c -l -N /proc/${pid}/ns/mnt /`);
}
