import { hostHas, type Host } from '../host.ts';
import { pathBounds, tmpfsOptions } from '../tmpfs.ts';

/** One line of an fstab(5). Paths are absolute, in the tool shell's view. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly options: string;
}

/** Where the pieces of a container lie below `base`, a tmpfs that only its own processes see. */
export interface Places {
  readonly base: string;
  /** What the overlay shows, writable: where mount points are made. */
  readonly merged: string;
  /** The same as the container's root will be. */
  readonly root: string;
  /** A tmpfs of its own for all that a container may write beside its writable paths: full, it is in nobody's way. */
  readonly disk: string;
  readonly upper: string;
  readonly work: string;
  /** The image alone, to compare with; only for a writable root. */
  readonly image: string;
  readonly sys: string;
  readonly dev: string;
  readonly etc: string;
  readonly fstab: string;
  readonly fifos: { readonly stdout: string; readonly stderr: string };
}

/** The places below a base. */
export const placesBelow = (base: string): Places => ({
  base,
  merged: `${base}/merged`,
  root: `${base}/root`,
  disk: `${base}/disk`,
  upper: `${base}/disk/upper`,
  work: `${base}/disk/work`,
  image: `${base}/image`,
  sys: `${base}/sys`,
  dev: `${base}/disk/dev`,
  etc: `${base}/disk/etc`,
  fstab: `${base}/fstab`,
  fifos: { stdout: `${base}/stdout`, stderr: `${base}/stderr` },
});

const SAFE = 'nosuid,nodev,noexec';
export const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'] as const;
/** Docker's defaults: moby, oci/defaults.go, `DefaultLinuxSpec`. */
const MASKED_FILES = [
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/interrupts',
];
const MASKED_FOLDERS = ['/proc/asound', '/proc/acpi', '/proc/scsi', '/sys/firmware', '/sys/devices/virtual/powercap'];
const READ_ONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];
/** Docker's default for /dev/shm. */
const SHM_SIZE = 'size=64m,nr_inodes=16k';

export interface TmpfsMount {
  /** Inside the container, without symbolic links. */
  readonly path: string;
  readonly mode: string;
}

/** All that is mounted in a container's root, in order. `targets` are where /etc files really lie in the image. */
export function containerMounts(host: Host, places: Places, want: MountWishes): readonly Mount[] {
  const at = (path: string): string => places.root + path;
  const bind = (source: string, target: string, options = ''): Mount => ({
    source,
    target,
    type: 'none',
    options: options === '' ? 'bind' : `bind,${options}`,
  });
  const tmpfs = (target: string, options: string): Mount => ({ source: 'tmpfs', target, type: 'tmpfs', options });
  const owner = `uid=${want.uid},gid=${want.gid}`;
  const bounds = tmpfsOptions(pathBounds(want.tmpfs.length));
  const exists = (path: string): boolean => hostHas(host, path);
  return [
    bind(places.merged, places.root, want.readOnlyRoot ? 'ro' : ''),
    { source: 'proc', target: at('/proc'), type: 'proc', options: SAFE },
    bind(places.sys, at('/sys'), `ro,${SAFE}`),
    bind(places.dev, at('/dev')),
    ...DEVICES.map((name) => bind(`/dev/${name}`, at(`/dev/${name}`))),
    {
      source: 'devpts',
      target: at('/dev/pts'),
      type: 'devpts',
      options: `nosuid,noexec,newinstance,ptmxmode=0666,mode=0620${want.ttyGroup ? ',gid=5' : ''}`,
    },
    { source: 'mqueue', target: at('/dev/mqueue'), type: 'mqueue', options: SAFE },
    tmpfs(at('/dev/shm'), `${SAFE},mode=1777,${SHM_SIZE}`),
    ...want.files.map(({ name, path }) => bind(`${places.etc}/${name}`, at(path), want.readOnlyRoot ? 'ro' : '')),
    ...want.tmpfs.map(({ path, mode }) => tmpfs(at(path), `nosuid,nodev,mode=${mode},${owner},${bounds}`)),
    ...MASKED_FILES.filter(exists).map((path) => bind('/dev/null', at(path))),
    ...MASKED_FOLDERS.filter(exists).map((path) => tmpfs(at(path), 'ro,size=4k,nr_inodes=1')),
    ...READ_ONLY.filter(exists).map((path) => bind(at(path), at(path), `ro,${SAFE}`)),
  ];
}

export interface MountWishes {
  readonly uid: number;
  readonly gid: number;
  readonly readOnlyRoot: boolean;
  readonly ttyGroup: boolean;
  /** Files of /etc that are ours: name below `etc`, and where it lies in the container. */
  readonly files: readonly { readonly name: string; readonly path: string }[];
  readonly tmpfs: readonly TmpfsMount[];
}

/** fstab(5): blanks, backslashes and `#` as octal. */
export const fstab = (mounts: readonly Mount[]): string =>
  mounts.map((m) => `${[m.source, m.target, m.type, m.options].map(escape).join(' ')} 0 0\n`).join('');

const escape = (field: string): string => field.replaceAll(/[ \t\n\\#]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);
