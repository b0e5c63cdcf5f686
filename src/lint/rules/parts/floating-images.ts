import type { Base } from '../../stages/index.ts';
import { officialName } from './official-images.ts';

/** Docker's official images that have versions (docker-library/official-images, "library"). BusyBox is left out: what it does has not changed for years. */
const VERSIONED = new Set(
  (
    'adminer almalinux alpine amazoncorretto amazonlinux archlinux bash caddy cassandra centos clojure composer couchdb crate ' +
    'dart docker drupal eclipse-mosquitto eclipse-temurin elasticsearch elixir erlang fedora flink fluentd gcc ghost golang gradle ' +
    'groovy haproxy haskell httpd ibm-semeru-runtimes influxdb jetty joomla jruby julia kibana kong logstash mariadb matomo maven ' +
    'mediawiki memcached mongo mongo-express mysql nats neo4j nextcloud nginx node odoo openjdk oraclelinux percona perl php ' +
    'phpmyadmin postgres pypy python r-base rabbitmq redis redmine registry rockylinux ruby rust sapmachine solr sonarqube swift ' +
    'telegraf tomcat tomee traefik unit valkey varnish wordpress zookeeper'
  ).split(' '),
);
/** Official images whose tags may be the name of a release. */
const NAMED = new Set(['debian', 'ubuntu', 'buildpack-deps']);

/** Tags that are moved to each new version, whatever the image. */
const MOVING =
  /^(?:latest|stable|oldstable|oldoldstable|unstable|testing|sid|experimental|edge|rolling|devel|dev|develop|nightly|canary|snapshot|mainline|main|master|trunk|head|tip|current|lts|rc)$/i;
/** What may follow such a word and says nothing of the version. */
const FLAVOUR =
  /^(?:alpine|slim|minimal|debug|perl|otel|fpm|cli|apache|zts|jre|jdk|dind|git|rootless|headless|backports|buster|bullseye|bookworm|trixie|focal|jammy|noble|ubuntu|debian|ubi|(?:alpine|jdk|jre|java|ubuntu|debian|ubi)[\d.]+)$/;

/**
 * Why an image is another one on another day, to follow its name in a sentence; undefined where its tag or digest settles
 * that, or nobody can tell: an image without a registry or an owner that Docker has no official one for is somebody's own.
 */
export function floats({ name, tag, digest, isKnown }: Base): string | undefined {
  if (!isKnown || digest !== undefined || name === 'scratch' || name.startsWith('localhost/')) return undefined;
  // Wolfi's public images have no other tag.
  if (name.startsWith('chainguard/')) return undefined;
  if (/(?:^|\/)distroless\//.test(name)) {
    // Its tags are no versions; the system is in the name. Without a language there is next to nothing in it that could change.
    return /-debian\d+$/.test(name) || /\/(?:static|base|base-nossl|cc)$/.test(name) ? undefined : 'has no Debian release in its name';
  }
  // So it is with Red Hat's: `ubi9/ubi-minimal`.
  if (/\/ubi\d+(?:\/|-|$)/.test(name)) return undefined;
  // And with others that have one tag for each release: `google/ubuntu2404`.
  if (/\/(?:debian|ubuntu|rocky|alma|centos|python|node)-?\d{2,}$/.test(name)) return undefined;
  const official = officialName(name);
  if (official !== undefined && !VERSIONED.has(official) && !NAMED.has(official)) return undefined;
  if (tag === undefined) return 'has no tag';
  if (isMoving(tag)) return 'has a tag that moves on';
  if (official === 'python' && /^3(?:-|$)/.test(tag)) return 'is any Python 3';
  if (official === undefined || NAMED.has(official)) return undefined;
  return tag.split('-').every((part) => FLAVOUR.test(part)) ? 'has no version in its tag' : undefined;
}

/** `lts`, `stable-alpine`, `latest-jdk17`; a date in it settles what it is. */
function isMoving(tag: string): boolean {
  const [word = '', ...rest] = tag.split('-');
  return MOVING.test(word) && rest.every((part) => FLAVOUR.test(part));
}
