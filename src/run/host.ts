import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';

/** What the runner reads of the machine. Tests give another one to simulate a host that refuses. */
export interface Host {
  readonly platform: NodeJS.Platform;
  /** Effective. */
  readonly uid: number;
  readonly gid: number;
  readonly userName: string;
  /** Folders that tools are looked for in, `:` between. */
  readonly path: string;
  /** Put before `/proc`, `/sys` and `/etc` when facts are read; empty on a real machine. */
  readonly root: string;
  readonly kernel: string;
}

/** This machine. */
export function thisHost(): Host {
  const uid = process.geteuid?.() ?? -1;
  return {
    platform: process.platform,
    uid,
    gid: process.getegid?.() ?? -1,
    userName: userNameOf(uid),
    // An ordinary user's PATH often lacks sbin, where pivot_root(8) lies.
    path: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`,
    root: '',
    kernel: release(),
  };
}

function userNameOf(uid: number): string {
  const line = readHost({ root: '' }, '/etc/passwd')
    ?.split('\n')
    .find((l) => l.split(':')[2] === String(uid));
  return line?.split(':')[0] ?? String(uid);
}

/** The text of a file of the host; undefined when it cannot be read. */
export function readHost(host: Pick<Host, 'root'>, path: string): string | undefined {
  try {
    return readFileSync(host.root + path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The absolute path of a program; undefined when no folder of the host's PATH has it. */
export function findTool(host: Host, name: string): string | undefined {
  for (const folder of host.path.split(':')) {
    if (!folder.startsWith('/')) continue;
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      continue;
    }
  }
  return undefined;
}

/** True when the path exists on the host. */
export const hostHas = (host: Host, path: string): boolean => existsSync(host.root + path);

/**
 * The environment of the programs that set a container up: nothing of the user's own reaches them.
 * LIBMOUNT_FORCE_MOUNT2: the newer mount calls take at most 256 bytes per option, less than the names of many layers.
 */
export const toolEnvironment = (host: Host): Record<string, string> => ({ PATH: host.path, LC_ALL: 'C', LIBMOUNT_FORCE_MOUNT2: 'always' });
