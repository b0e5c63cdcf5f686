import type { Refusal } from './available.ts';
import { hostHas, readHost, type Host } from '../host.ts';

interface Explanation {
  readonly why: string;
  readonly remedy: string;
}

/** Settings that forbid user namespaces, most specific first. `forbids` is told the file's text. */
const SETTINGS: readonly {
  readonly file: string;
  readonly forbids: (text: string) => boolean;
  readonly ordinaryOnly: boolean;
  readonly explain: Explanation;
}[] = [
  {
    file: '/proc/sys/user/max_user_namespaces',
    forbids: (text) => text.trim() === '0',
    ordinaryOnly: false,
    explain: {
      why: 'the setting user.max_user_namespaces is 0: this host forbids user namespaces',
      remedy: 'as root: `sysctl -w user.max_user_namespaces=15000`, and the same in /etc/sysctl.d/ to keep it; or run Plimsoll as root',
    },
  },
  {
    // Debian's and Arch's own patch.
    file: '/proc/sys/kernel/unprivileged_userns_clone',
    forbids: (text) => text.trim() === '0',
    ordinaryOnly: true,
    explain: {
      why: 'the setting kernel.unprivileged_userns_clone is 0: this host allows user namespaces to root only',
      remedy: 'as root: `sysctl -w kernel.unprivileged_userns_clone=1`, and the same in /etc/sysctl.d/ to keep it; or run Plimsoll as root',
    },
  },
  {
    // Ubuntu 23.10 and later: "Restricted unprivileged user namespaces".
    file: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    forbids: (text) => text.trim() === '1',
    ordinaryOnly: true,
    explain: {
      why: 'AppArmor restricts user namespaces for ordinary users (kernel.apparmor_restrict_unprivileged_userns is 1)',
      remedy:
        'as root, either `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0` (all programs), or a profile for unshare alone: write `abi <abi/4.0>, profile unshare /usr/bin/unshare flags=(unconfined) { userns, }` to /etc/apparmor.d/unshare and run `apparmor_parser -r /etc/apparmor.d/unshare`; or run Plimsoll as root',
    },
  },
];

/** Says why the trial failed, from what the host's settings are, and what to do. */
export function explainRefusal(host: Host, { step, reason }: Refusal): Explanation {
  for (const { file, forbids, ordinaryOnly, explain } of SETTINGS) {
    const text = readHost(host, file);
    if (text !== undefined && forbids(text) && !(ordinaryOnly && host.uid === 0)) return explain;
  }
  if (inContainer(host)) return inContainerBut(host, step);
  if (!hostHas(host, '/proc/self/ns/user'))
    return { why: 'this kernel is built without user namespaces', remedy: 'use a kernel with CONFIG_USER_NS, or run Plimsoll as root' };
  if (step === 'overlay') {
    return {
      why: `this kernel (${host.kernel}) does not let user namespaces mount overlays: ${reason}`,
      remedy: 'use Linux 5.11 or newer, or run Plimsoll as root',
    };
  }
  if (step === 'ids' && host.uid !== 0) {
    return {
      why: `the ids of this user cannot be mapped: ${reason}`,
      remedy:
        'look for overlaps in /etc/subuid and /etc/subgid, and that newuidmap and newgidmap are setuid root (`ls -l /usr/bin/newuidmap`)',
    };
  }
  return {
    why: `this host refused a container at the step "${step}": ${reason}`,
    remedy: 'run Plimsoll as root, or on a machine that allows user namespaces',
  };
}

/** Files that Docker and Podman leave in their containers. */
const inContainer = (host: Host): boolean => hostHas(host, '/.dockerenv') || hostHas(host, '/run/.containerenv');

function inContainerBut(host: Host, step: string): Explanation {
  // proc(5): `Seccomp: 2` is a filter.
  const filtered = /^Seccomp:\s*2$/m.test(readHost(host, '/proc/self/status') ?? '');
  if (filtered && (step === 'user namespace' || step === 'namespaces')) {
    return {
      why: 'Plimsoll runs in a container whose seccomp filter forbids new namespaces',
      remedy:
        'start that container with `--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined`, or with `--privileged`',
    };
  }
  return {
    why: `Plimsoll runs in a container that refuses "${step}": parts of its /proc and /sys are masked, or it lacks a capability`,
    remedy:
      'start that container with `--security-opt systempaths=unconfined --security-opt seccomp=unconfined --cap-add SYS_ADMIN`, or with `--privileged`',
  };
}
