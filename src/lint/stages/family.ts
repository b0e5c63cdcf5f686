import { onceFor } from '../../base/index.ts';
import type { Base } from './types.ts';

/** The system that a base image holds, by its name and tag; undefined where they do not tell. */
export type Family =
  | 'debian'
  | 'ubuntu'
  | 'alpine'
  | 'fedora'
  | 'rhel'
  | 'amazon'
  | 'suse'
  | 'arch'
  | 'busybox'
  | 'distroless'
  | 'scratch'
  | 'windows';

const NAMES: readonly (readonly [RegExp, Family])[] = [
  [/^scratch$/, 'scratch'],
  [/(?:^|\/)distroless\/|^cgr\.dev\/chainguard\/static/, 'distroless'],
  [/(?:^|\/)busybox$/, 'busybox'],
  [/(?:^|\/)(?:nanoserver|servercore|windows)(?:\/|$)/, 'windows'],
  [/(?:^|\/)(?:alpine|alpine-linux)$/, 'alpine'],
  [/(?:^|\/)ubuntu$/, 'ubuntu'],
  [/(?:^|\/)(?:debian|buildpack-deps)$/, 'debian'],
  [/(?:^|\/)fedora(?:-minimal)?$/, 'fedora'],
  [/(?:^|\/)(?:centos|rockylinux|almalinux|oraclelinux|ubi\d*(?:-minimal|-micro)?|stream\d+)$/, 'rhel'],
  [/(?:^|\/)amazonlinux$/, 'amazon'],
  [/(?:^|\/)(?:opensuse|opensuse\/leap|opensuse\/tumbleweed|leap|tumbleweed)$/, 'suse'],
  [/(?:^|\/)archlinux$/, 'arch'],
];

/** Official images that are Debian unless their tag says otherwise. */
const ON_DEBIAN = new Set(
  'python node golang rust ruby php openjdk gcc perl postgres mysql mariadb redis nginx httpd mongo maven gradle elixir erlang haskell julia pypy tomcat jetty rabbitmq memcached cassandra wordpress drupal composer swift'.split(
    ' ',
  ),
);
/** Of these, such as are Ubuntu (their descriptions on Docker Hub). */
const ON_UBUNTU = new Set(['eclipse-temurin', 'mongo', 'maven', 'gradle', 'tomcat', 'jetty', 'swift', 'rabbitmq', 'ibm-semeru-runtimes']);

export const familyOf: (base: Base) => Family | undefined = onceFor(readFamily);

function readFamily({ name, tag = '', isKnown }: Base): Family | undefined {
  if (!isKnown) return undefined;
  const named = NAMES.find(([pattern]) => pattern.test(name))?.[1];
  if (named !== undefined) return named;
  const official = name.replace(/^.*\/docker\/library\//, '');
  if (!ON_DEBIAN.has(official) && !ON_UBUNTU.has(official)) return undefined;
  if (/alpine/.test(tag) || official === 'composer') return 'alpine';
  if (/windowsservercore|nanoserver/.test(tag)) return 'windows';
  if (/bookworm|bullseye|buster|stretch|jessie|trixie|slim/.test(tag) && !ON_UBUNTU.has(official)) return 'debian';
  if (/noble|jammy|focal|bionic/.test(tag) || ON_UBUNTU.has(official)) return 'ubuntu';
  return /oracle|ubi|centos/.test(tag) ? 'rhel' : 'debian';
}
