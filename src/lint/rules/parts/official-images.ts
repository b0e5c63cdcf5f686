/** Where the images of the Docker Library are found too: Docker Hub under its long names, and mirrors of it. */
const LIBRARY = [
  'docker.io/library/',
  'index.docker.io/library/',
  'registry.hub.docker.com/library/',
  'mirror.gcr.io/library/',
  'public.ecr.aws/docker/library/',
  'docker.io/',
  'mirror.gcr.io/',
  'docker.mirror.hashicorp.services/library/',
  'docker.mirror.hashicorp.services/',
];

/** `mirror.gcr.io/library/golang` is `golang`; undefined for images that are not of the Docker Library. */
export function officialName(name: string): string | undefined {
  const prefix = LIBRARY.find((known) => name.startsWith(known)) ?? '';
  const rest = name.slice(prefix.length);
  return rest === '' || rest.includes('/') ? undefined : rest;
}

/**
 * The series of releases that `latest` stands for: docker-library/official-images at 37079fb336f5 (21 August 2026), the
 * shortest tag of the image with tag `latest` that says a version and never goes back to another series.
 */
const LATEST: ReadonlyMap<string, string> = new Map(
  (
    'almalinux 10|alpine 3.24|amazoncorretto 8|amazonlinux 2023|bash 5.3|buildpack-deps trixie|busybox 1.38|caddy 2.11|cassandra 5.0|' +
    'composer 2.10|couchdb 3.5|dart 3.13|debian 13|docker 29|eclipse-temurin 25|elixir 1.20|erlang 29|fedora 44|gcc 16|golang 1.27|' +
    'gradle 9.7|haproxy 3.4|haskell 9.14|hello-world linux|httpd 2.4|influxdb 2.9|julia 1.12|kong 3.9|mariadb 12.3|maven 3.9|memcached 1.6|nats 2.14|' +
    'nginx 1.31|node 26|perl 5.44|php 8.5|postgres 18|python 3.14|rabbitmq 4.3|redis 8.10|registry 3|ruby 4.0|rust 1.98|' +
    'swift 6.3|telegraf 1.39|tomcat 11.0|traefik v3.7|ubuntu 26.04|wordpress 7.1|zookeeper 3.9'
  )
    .split('|')
    .map((line) => line.split(' ') as [string, string]),
);

/** The tag that keeps to the series which `latest` stands for; undefined for images nobody knows here. */
export const seriesOfLatest = (name: string): string | undefined => LATEST.get(officialName(name) ?? '');
