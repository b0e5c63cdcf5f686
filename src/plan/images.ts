import { UserError } from '../base/index.ts';
import type { DockerfileBase } from './types.ts';

/** An image that a Dockerfile can be written on, as its name tells. `python` is absent where the name says nothing of it. */
export type Image = Omit<DockerfileBase, 'python'> & { readonly python?: string };

/**
 * The family and interpreter of an image, by its reference: official `python` images and those that are named alike,
 * Alpine's, and Amazon Linux 2023. Throws UserError for images on which nothing can be installed or that have no Python.
 */
export function imageNamed(reference: string): Image {
  const { name, tag } = partsOf(reference);
  if (name === 'amazonlinux') return amazonLinux(reference, tag);
  refuseUnusable(reference, name, tag);
  const release = /^3\.\d+(\.\d+)?/.exec(tag)?.[0];
  const python = name.endsWith('python') ? release?.split('.', 2).join('.') : undefined;
  const known = { reference, hasPython: true, ...(python === undefined ? {} : { python }) };
  if (/(^|-)alpine/.test(tag)) return { ...known, family: 'alpine' };
  return { ...known, family: 'debian', suite: suiteOf(tag, release ?? '') };
}

function partsOf(reference: string): { name: string; tag: string } {
  const [path = ''] = reference.split('@', 1);
  const last = path.slice(path.lastIndexOf('/') + 1);
  const [name = '', tag = 'latest'] = last.split(':');
  return { name, tag };
}

function amazonLinux(reference: string, tag: string): Image {
  if (/^2023/.test(tag)) return { reference, family: 'amazonlinux', hasPython: false };
  throw new UserError(
    `\`${reference}\` has no Python that is supported`,
    'name `public.ecr.aws/amazonlinux/amazonlinux:2023`: it has Python 3.11 and newer',
    { file: 'plimsoll.yaml' },
  );
}

/** Whether a Dockerfile can be written on an image, as far as its name tells; one on a disk has no name. */
export function canBeBuiltOn(reference: string): boolean {
  const { name, tag } = partsOf(reference);
  const isOld = name === 'amazonlinux' && !/^2023/.test(tag);
  return !/^(oci|oci-archive|docker-archive|docker|podman):/.test(reference) && !isOld && whyUnusable(reference, name, tag) === undefined;
}

function refuseUnusable(reference: string, name: string, tag: string): void {
  const why = whyUnusable(reference, name, tag);
  if (why === undefined) return;
  throw new UserError(
    `a Dockerfile on \`${reference}\` is not written: ${why}`,
    'name an image such as `python:3.13-slim-trixie`, `python:3.13-alpine` or `public.ecr.aws/amazonlinux/amazonlinux:2023`',
    { file: 'plimsoll.yaml' },
  );
}

/** Images whose names say that they hold no package manager, or no Python. */
function whyUnusable(reference: string, name: string, tag: string): string | undefined {
  if (name === 'scratch' || reference.includes('distroless')) return 'nothing can be installed there';
  if (/^(debian|ubuntu|alpine|busybox|fedora|rockylinux|almalinux|node|golang)$/.test(name)) return 'it has no Python';
  return /windowsservercore|nanoserver/.test(tag) ? 'it is for Windows' : undefined;
}

/** The last releases whose images without a suite in their tag were made on bookworm; what is newer is on trixie. */
const LAST_ON_BOOKWORM: Readonly<Record<string, number>> = { '3.9': 22, '3.10': 17, '3.11': 12, '3.12': 10, '3.13': 4 };

/**
 * The Debian release of a `python` image. Without one in the tag it is that which was newest when the image was made
 * last: docker-library/python went from bookworm to trixie in August 2025, when 3.13.6 and 3.11.13 were current.
 */
function suiteOf(tag: string, release: string): 'bookworm' | 'trixie' {
  if (tag.includes('bookworm')) return 'bookworm';
  const [major, minor, patch] = release.split('.');
  const last = LAST_ON_BOOKWORM[`${major}.${minor}`];
  return patch !== undefined && last !== undefined && Number(patch) <= last ? 'bookworm' : 'trixie';
}
