import { posix } from 'node:path';
import type { ImageConfig } from '../image/index.ts';

/**
 * Whether a writable path is a volume of the image's own. Such a one begins with what the image has there, owners and modes
 * included: Dockerfile reference, "VOLUME". The others begin empty and are the user's.
 */
export function volumesOf({ Volumes = {} }: NonNullable<ImageConfig['config']>): (path: string) => boolean {
  const volumes = new Set(Object.keys(Volumes).map(normal));
  return (path) => volumes.has(normal(path));
}

const normal = (path: string): string => posix.join('/', path, '.').replace(/(?<=.)\/$/, '');
