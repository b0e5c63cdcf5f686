import { operands, type Call } from '../../script/index.ts';
import { allSteps, isScript, type Base, type Stage, type Start } from '../../stages/index.ts';
import { officialName } from './official-images.ts';
import { startedCalls } from './service.ts';

/** Images that start as root, and whose programs do not give up their rights by themselves (their Dockerfiles). */
const ROOT_BASES = new Set(
  (
    'scratch debian ubuntu alpine busybox fedora centos rockylinux rockylinux/rockylinux almalinux amazonlinux oraclelinux archlinux buildpack-deps ' +
    'python node golang rust ruby openjdk eclipse-temurin amazoncorretto maven elixir erlang perl pypy swift composer gcc oven/bun ghcr.io/astral-sh/uv ' +
    'mcr.microsoft.com/dotnet/aspnet mcr.microsoft.com/dotnet/runtime mcr.microsoft.com/dotnet/runtime-deps mcr.microsoft.com/dotnet/sdk mcr.microsoft.com/openjdk/jdk'
  ).split(' '),
);
const ROOT_NAMES = /^gcr\.io\/distroless\/[\w-]+$|^registry\.access\.redhat\.com\/ubi\d+\/(?:ubi|ubi-minimal|ubi-micro)$/;

/** Whether an image is known to start as root: `nonroot` of distroless and .NET's chiseled images do not. */
export const startsAsRoot = ({ name, tag = '', digest, isKnown }: Base): boolean =>
  isKnown &&
  // A digest alone may be that of `nonroot`.
  !(/distroless/.test(name) && digest !== undefined && tag === '') &&
  (ROOT_BASES.has(officialName(name) ?? name) || ROOT_NAMES.test(name) || (name === 'php' && !/apache|fpm/.test(tag))) &&
  !/nonroot|rootless|chiseled|unprivileged/.test(tag);

export const isRoot = (user: string): boolean => /^(?:root|0+)(?::|$)/.test(user);

/** Programs that give up root by themselves, run others as other users, or cannot work without it (their manuals). */
const NEEDS_ROOT = new Set(
  (
    'nginx openresty httpd apache2 apache2ctl apachectl apache2-foreground php-fpm haproxy supervisord crond cron busybox-extras sshd init s6-svscan runsvdir runit systemd ' +
    'traefik portainer my_init dockerd dockerd-entrypoint.sh containerd buildkitd kubelet kube-proxy docker podman su runuser sudo setpriv setuser chroot start-stop-daemon setuidgid su-exec gosu ' +
    'chpst capsh unshare nsenter iptables dnsmasq unbound named squid postfix dovecot vsftpd proftpd smbd rsyslogd openvpn wg wg-quick tailscaled postgres mysqld mariadbd mongod redis-server'
  ).split(' '),
);
/** What needs rights over the kernel or the network, and is installed for it. */
const PRIVILEGED =
  /^(?:iptables|ip6tables|nftables|ipvsadm|ipset|iproute2?|conntrack(?:-tools)?|tcpdump|ethtool|openvpn|wireguard(?:-tools)?|fuse3?|kmod|docker(?:-ce|\.io)?|runc|containerd|podman|lvm2|cryptsetup|e2fsprogs|xfsprogs|open-iscsi|nfs-common|nfs-utils|bpftool|openssh-server|openssh|sudo|supervisor|cron|dcron|gosu|su-exec|s6|runit)$/;

/** Whether the start may give up root by itself: a script, a program that does, or one that cannot do without. */
export function mayNeedRoot(stage: Stage, start: Start): boolean {
  const words = start.before.map(({ text }) => text);
  if (words.some((word) => isScript(word) || NEEDS_ROOT.has(lastPart(word)))) return true;
  if (startedCalls(start).some((call) => isScript(call.word.text) || call.program === '' || needsRoot(call))) return true;
  return allSteps(stage).some(
    ({ instruction, script }) =>
      instruction.name === 'RUN' && script.calls.some((call) => call.args.some(({ text }) => PRIVILEGED.test(text))),
  );
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const needsRoot = ({ program, wrappers }: Call): boolean => NEEDS_ROOT.has(program) || wrappers.includes('sudo');

/** Whether an earlier USER of the image is somebody else. */
export const hadOtherUser = (stage: Stage): boolean =>
  allSteps(stage).some(
    ({ instruction, user }) => instruction.name === 'USER' && user !== undefined && user !== '' && !isRoot(user) && !user.includes('$'),
  );

/** A user that a step makes; undefined where none or several are made. */
export function createdUser(stage: Stage): string | undefined {
  const calls = allSteps(stage).flatMap(({ instruction, script }) => (instruction.name === 'RUN' ? script.calls : []));
  const names = calls
    .filter(({ program }) => /^(?:useradd|adduser)$/.test(program))
    .map((call) => operands(call, ...USERADD_VALUED))
    .flatMap((words) => (words.length === 1 && words[0]?.expands === false ? [words[0].text] : []));
  return names.length === 1 && names[0] !== 'root' ? names[0] : undefined;
}

/** Options of useradd and of both adduser that take a value (their manuals). */
export const USERADD_VALUED = 'u uid g gid G groups h home d home-dir s shell c comment gecos ingroup k b p K'.split(' ');
