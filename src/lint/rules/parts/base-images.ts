import type { Evaluation, Instruction } from '../../../dockerfile/index.ts';
import { officialName } from './official-images.ts';

/** An image as FROM names it, build arguments put in. */
interface ImageReference {
  readonly name: string;
  readonly tag: string;
}

/** What is in an image, as far as its name tells. */
export type System = 'alpine' | 'busybox' | 'debian' | 'ubuntu' | 'rpm' | 'scratch';

/** The number of the stage that an instruction stands in; -1 for none. */
export const stageAt = ({ stages }: Evaluation, { span }: Instruction): number =>
  stages.findLastIndex(({ from }) => from.span.start <= span.start);

/** The number of the stage that a stage is built on; -1 where that is an image. */
export function baseStage({ stages }: Evaluation, stage: number): number {
  const base = stages[stage]?.base.expansion.value.toLowerCase();
  return stages.findLastIndex(({ name }, i) => i < stage && name === base);
}

/** The image that an instruction's stage is built on in the end; undefined where a build argument has to say it. */
export function baseOf(evaluation: Evaluation, instruction: Instruction): ImageReference | undefined {
  let stage = stageAt(evaluation, instruction);
  for (let base = stage; base !== -1; base = baseStage(evaluation, stage)) stage = base;
  const expansion = evaluation.stages[stage]?.base.expansion;
  if (expansion === undefined || (expansion.unmatched.size > 0 && !expansion.value.includes(':'))) return undefined;
  return referenceOf(expansion.value);
}

function referenceOf(text: string): ImageReference {
  const [name = ''] = text.split('@', 1);
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  return colon === -1 ? { name, tag: '' } : { name: name.slice(0, colon), tag: name.slice(colon + 1) };
}

/** Images of the Docker Library that are built on Debian, unless their tag names another system. */
const ON_DEBIAN = new Set(
  (
    'buildpack-deps debian drupal elixir erlang gcc golang haskell httpd julia mono nginx node openjdk perl php postgres pypy python ' +
    'r-base redis ruby rust wordpress'
  ).split(' '),
);
const ON_UBUNTU = new Set('eclipse-temurin gradle maven swift tomcat ubuntu'.split(' '));
const ON_RPM = new Set('almalinux amazonlinux centos fedora oraclelinux rockylinux'.split(' '));
const RED_HAT =
  /^(?:registry\.access\.redhat\.com\/ubi\d+(?:\/|$)|registry\.fedoraproject\.org\/fedora|quay\.io\/(?:centos|fedora|rockylinux|almalinuxorg)\/)/;
/** Microsoft's images of .NET: Debian up to 9, unless the tag says otherwise. */
const DOTNET = /^mcr\.microsoft\.com\/dotnet\/(?:core\/)?(?:sdk|runtime|aspnet)$/;

/** The system that an image holds; undefined where its name does not say. */
export function systemOf({ name, tag }: ImageReference): System | undefined {
  const official = officialName(name);
  if (name === 'scratch') return 'scratch';
  if (/nanoserver|windowsservercore|distroless|chiseled|scratch/.test(`${name}:${tag}`)) return undefined;
  if (official === 'busybox') return 'busybox';
  if (official === 'alpine' || ((official !== undefined || DOTNET.test(name)) && tag.includes('alpine'))) return 'alpine';
  if (RED_HAT.test(name) || ON_RPM.has(official ?? '')) return 'rpm';
  if (ON_UBUNTU.has(official ?? '')) return 'ubuntu';
  if (ON_DEBIAN.has(official ?? '') || DOTNET.test(name)) return 'debian';
  return undefined;
}

/** The shell of a system that has the option `pipefail`. */
export const pipefailShell = (system: System): string | undefined =>
  ({ alpine: '/bin/ash', busybox: '/bin/ash', debian: '/bin/bash', ubuntu: '/bin/bash', rpm: '/bin/bash', scratch: undefined })[system];

/** Working directories that images of the Docker Library set; the others leave it at `/`. */
const WORKDIRS: ReadonlyMap<string, string> = new Map([
  ['golang', '/go'],
  ['gradle', '/home/gradle'],
  ['httpd', '/usr/local/apache2'],
  ['redis', '/data'],
  ['tomcat', '/usr/local/tomcat'],
  ['wordpress', '/var/www/html'],
]);

/** Where an image's working directory is; undefined where that is not known. */
export function workdirOf(image: ImageReference): string | undefined {
  const official = officialName(image.name) ?? '';
  if (official === 'php' && /apache|fpm/.test(image.tag)) return '/var/www/html';
  return systemOf(image) === undefined ? undefined : (WORKDIRS.get(official) ?? '/');
}
