import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError, messageOf } from '../../base/index.ts';
import { runProcess } from '../../base/node.ts';
import type { Availability, Lack } from '../types.ts';
import { findTool, type Host, toolEnvironment } from '../host.ts';
import { asRootInside, hostIds, identityIds, newNamespace, planIds, subordinateIds, type IdPlan } from '../ids.ts';
import { memoryHierarchy } from '../memory.ts';
import { writeMaps } from './mapping.ts';
import { filterOf } from './own-programs.ts';
import { explainRefusal } from './refusal.ts';
import { drivenShell, quote } from './shell.ts';

export interface HostReport {
  readonly availability: Availability;
  /** `identity`, `host`: root where the host refuses ids of their own, or user namespaces at all. */
  readonly ids: 'own' | 'identity' | 'host';
}

/** All of util-linux but mkfifo and mknod (coreutils). */
const TOOLS = ['unshare', 'nsenter', 'setpriv', 'prlimit', 'mount', 'umount', 'pivot_root', 'mkfifo', 'mknod', 'sh'] as const;
/** `unshare --map-user`: util-linux 2.36, release notes; the rest is older. */
const UTIL_LINUX = [2, 36] as const;

/** Tries out what a container needs, and names the cause and the remedy of what is refused. Never throws. */
export async function checkHost(host: Host): Promise<HostReport> {
  const refused = (why: string, remedy: string): HostReport => ({ availability: { ok: false, why, remedy }, ids: 'host' });
  try {
    if (host.platform !== 'linux') {
      return refused(
        `containers need a Linux kernel, and this is ${host.platform}`,
        'run Plimsoll in a Linux virtual machine, in WSL 2, or in CI',
      );
    }
    const tools = await lackOfTools(host);
    if (tools) return refused(tools.why, tools.remedy);
    const failure = await trial(host, planIds(host));
    const availability = { ok: true, lacks: lacksOf(host) } as const;
    if (failure === undefined) return { availability, ids: 'own' };
    if (host.uid === 0 && (await trial(host, identityIds(host))) === undefined) return { availability, ids: 'identity' };
    if (host.uid === 0 && (await trial(host, hostIds())) === undefined) return { availability, ids: 'host' };
    const { why, remedy } = explainRefusal(host, failure);
    return refused(why, remedy);
  } catch (error) {
    return refused(
      messageOf(error),
      error instanceof EnvironmentError ? error.hint : 'report this: `plimsoll doctor` should have said more',
    );
  }
}

async function lackOfTools(host: Host): Promise<{ readonly why: string; readonly remedy: string } | undefined> {
  const missing = TOOLS.filter((name) => findTool(host, name) === undefined);
  const remedy =
    'install util-linux 2.36 or newer (Debian and Ubuntu: `apt-get install util-linux mount coreutils`; Alpine: `apk add util-linux`)';
  if (missing.length > 0) return { why: `${missing.map((name) => `\`${name}\``).join(', ')} cannot be found`, remedy };
  const { stdout } = await runProcess({ argv: [findTool(host, 'unshare')!, '--version'], env: toolEnvironment(host) });
  const [, major, minor] = /util-linux ([0-9]+)\.([0-9]+)/.exec(stdout) ?? [];
  if (major === undefined) return { why: '`unshare` is not the one of util-linux', remedy };
  const old = Number(major) < UTIL_LINUX[0] || (Number(major) === UTIL_LINUX[0] && Number(minor) < UTIL_LINUX[1]);
  return old ? { why: `util-linux is version ${major}.${minor}`, remedy } : undefined;
}

/** Every kind of mount that a container has, each named before it is tried. */
const STEPS: readonly (readonly [name: string, script: string])[] = [
  ['tmpfs', 'mount -n -t tmpfs tmpfs "$B"; mkdir "$B"/low "$B"/up "$B"/work "$B"/root "$B"/proc "$B"/sys'],
  ['overlay', 'mount -n -t overlay -o lowerdir="$B"/low,upperdir="$B"/up,workdir="$B"/work,userxattr overlay "$B"/root'],
  ['sysfs', 'mount -n -t sysfs sysfs "$B"/sys'],
];

/** Goes the way of a container without one. Resolves with what was refused; undefined when nothing was. */
async function trial(host: Host, ids: IdPlan): Promise<Refusal | undefined> {
  const base = await mkdtemp(join(tmpdir(), 'plimsoll-trial-'));
  const argv: [string, ...string[]] = ids.kind === 'host' ? ['sh', '-es'] : [findTool(host, 'unshare')!, ...newNamespace(ids), 'sh', '-es'];
  const shell = drivenShell(argv, '/', toolEnvironment(host));
  let step = 'user namespace';
  try {
    await shell.ask('');
    step = 'ids';
    if (ids.kind !== 'host') await writeMaps(host, shell.pid, ids);
    step = 'namespaces';
    await shell.become(`unshare --mount --net --uts --ipc ${asRootInside(ids)} sh -es`);
    await shell.ask(`B=${quote(base)}`);
    for (const [name, script] of STEPS) {
      step = name;
      await shell.ask(script);
    }
    step = 'process namespace';
    await shell.ask('unshare --pid --fork --kill-child sh -ec "mount -n -t proc proc $B/proc"');
    return undefined;
  } catch (error) {
    return { step, reason: error instanceof EnvironmentError && typeof error.cause === 'string' ? error.cause : messageOf(error) };
  } finally {
    shell.kill();
    await shell.ended.catch(() => {});
    await rm(base, { recursive: true, force: true });
  }
}

export interface Refusal {
  readonly step: string;
  /** What the tool said. */
  readonly reason: string;
}

function lacksOf(host: Host): readonly Lack[] {
  const lacks: Lack[] = [];
  if (host.uid !== 0 && !subordinateIds(host)) lacks.push(lackOfOwners(host));
  if (!memoryHierarchy(host)) {
    lacks.push({
      ability: 'memory-limit',
      why: 'control groups cannot be written by this user, so no limit can be set and peak memory is sampled',
      remedy: 'run as root, or on a machine with cgroup v2 that is delegated to this user',
    });
  }
  if (!filterOf(host)) {
    lacks.push({
      ability: 'system-call-filter',
      why: 'this kernel or this architecture takes no seccomp filter of ours, so a container may make any system call',
      remedy: 'use a kernel with CONFIG_SECCOMP_FILTER on x86-64 or arm64, and until then run only images you trust',
    });
  }
  return lacks;
}

const lackOfOwners = (host: Host): Lack => ({ ability: 'owners', ...lackOfIds(host) });

/** Why files cannot have several owners for this user. */
export function lackOfIds(host: Host): { readonly why: string; readonly remedy: string } {
  const newuidmap = findTool(host, 'newuidmap') !== undefined && findTool(host, 'newgidmap') !== undefined;
  const line = `${host.userName}:100000:65536`;
  return {
    why: newuidmap
      ? `${host.userName} has no subordinate ids, so every file would belong to the service`
      : '`newuidmap` is not installed, so every file would belong to the service',
    remedy: newuidmap
      ? `as root, add the line \`${line}\` to /etc/subuid and to /etc/subgid (a range that no other line has)`
      : 'install it (Debian and Ubuntu: `apt-get install uidmap`; Fedora: `shadow-utils`)',
  };
}
