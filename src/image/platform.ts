import { EnvironmentError, UserError } from '../base/index.ts';
import { attestationsOf, isAttestation } from './attestations.ts';
import { readIndex, sound } from './spec/documents.ts';
import { isIndex } from './spec/media-types.ts';
import type { Descriptor, Platform } from './types.ts';

/** Indexes may hold indexes. More than this nobody writes: an image that does is hostile. */
export const INDEX_DEPTH = 3;
export const INDEX_ENTRIES = 1000;

/** There is an image, and it is for other platforms than the one that is wanted. */
export class PlatformError extends UserError {}

type Read = (descriptor: Descriptor) => Promise<Uint8Array>;

/**
 * The one image for a platform among those named, and those that the indexes among them name; where only one image is
 * named it is that. Throws PlatformError when there is none for it, EnvironmentError for an index that is broken.
 */
export async function choosePlatform(named: readonly Descriptor[], wanted: Platform, name: string, read: Read): Promise<Choice> {
  const manifests = await expand(named, name, read);
  const chosen = choose(manifests, wanted, name);
  return { chosen, attestations: attestationsOf(chosen, manifests) };
}

export interface Choice {
  readonly chosen: Descriptor;
  /** What lies beside it and says how it was made or what is in it. */
  readonly attestations: readonly Descriptor[];
}

async function expand(descriptors: readonly Descriptor[], name: string, read: Read, depth = 0): Promise<Descriptor[]> {
  const found: Descriptor[] = [];
  for (const descriptor of descriptors) {
    if (!isIndex(descriptor.mediaType)) found.push(descriptor);
    else if (depth < INDEX_DEPTH) {
      const { manifests } = sound(readIndex(await read(descriptor)), `${name}: index ${descriptor.digest}`);
      found.push(...(await expand(manifests, name, read, depth + 1)));
    }
    if (found.length > INDEX_ENTRIES) throw new EnvironmentError(`${name} names more than ${INDEX_ENTRIES} images`, 'name one by its tag');
  }
  return found;
}

function choose(descriptors: readonly Descriptor[], wanted: Platform, name: string): Descriptor {
  const images = descriptors.filter((descriptor) => !isAttestation(descriptor) && descriptor.platform?.os !== 'unknown');
  const [only] = images;
  if (only && images.length === 1) return only;
  const fits = images.filter(
    ({ platform: p }) =>
      p?.os === wanted.os && p.architecture === wanted.architecture && (wanted.variant === undefined || p.variant === wanted.variant),
  );
  if (fits[0]) return fits[0];
  const there = images.map(({ platform: p }) => (p ? `${p.os}/${p.architecture}` : 'unknown')).join(', ');
  throw new PlatformError(
    `${name} has no image for ${wanted.os}/${wanted.architecture}`,
    there === '' ? 'build one into it' : `it has: ${there}; choose with \`--platform\``,
  );
}

/** What uname(2) calls the machine that Go calls so, as wheels and markers name it; undefined for others than these. */
export const machineOf = (architecture: string): string | undefined => ({ amd64: 'x86_64', arm64: 'aarch64' })[architecture];

/** This machine's platform in Go's names, as image-spec wants them; images are Linux everywhere. */
export function hostPlatform(): Platform {
  const names: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };
  return { os: 'linux', architecture: names[process.arch] ?? process.arch };
}
