import { familyOf, type Base, type Family } from '../../stages/index.ts';
import { officialName } from './official-images.ts';

const BASH = '/bin/bash';
const ASH = '/bin/ash';
const SHELLS: Readonly<Partial<Record<Family, string>>> = {
  alpine: ASH,
  busybox: ASH,
  debian: BASH,
  ubuntu: BASH,
  fedora: BASH,
  rhel: BASH,
  amazon: BASH,
  suse: BASH,
  arch: BASH,
};

/** The shell of an image that has the option `pipefail`; undefined where none is known. */
export const pipefailShell = (base: Base): string | undefined => SHELLS[familyOf(base) ?? 'scratch'];

/** Working directories that images of the Docker Library set; the others leave it at `/`. */
const WORKDIRS: ReadonlyMap<string, string> = new Map([
  ['composer', '/app'],
  ['golang', '/go'],
  ['gradle', '/home/gradle'],
  ['httpd', '/usr/local/apache2'],
  ['jetty', '/var/lib/jetty'],
  ['redis', '/data'],
  ['tomcat', '/usr/local/tomcat'],
  ['wordpress', '/var/www/html'],
]);

/** Where an image's working directory is; undefined where that is not known. */
export function workdirOf(base: Base): string | undefined {
  if (/^mcr\.microsoft\.com\/dotnet\/(?:core\/)?(?:sdk|runtime|aspnet)$/.test(base.name) && !/nanoserver|windows/.test(base.tag ?? ''))
    return '/';
  const official = officialName(base.name) ?? '';
  const family = familyOf(base);
  if (family === undefined || family === 'windows' || family === 'distroless' || ['drupal', 'php'].includes(official)) return undefined;
  return WORKDIRS.get(official) ?? '/';
}
