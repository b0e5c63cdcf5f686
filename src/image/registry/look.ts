import { compressionOf, isForeign } from '../spec/media-types.ts';
import type { Descriptor, Image, Platform } from '../types.ts';
import type { RegistryJob } from './job.ts';
import { jumpedPlain } from './jumped.ts';
import type { RegistryName } from './name.ts';
import { imageIn, openSource } from './pull.ts';
import { isStargz, jumpedStargz } from './stargz.ts';
import { isZstdChunked, jumpedZstdChunked } from './zstd-chunked.ts';

/**
 * An image in a registry for somebody who looks through it: of layers that can be jumped through by ranges only what is
 * asked for comes, which is not checked against their digests; the others are pulled. Errors as `pullImage`.
 */
export async function lookAtRegistry(name: RegistryName, platform: Platform | undefined, job: RegistryJob): Promise<Image> {
  const source = await openSource(name, job);
  let [asked, here] = [0, 0];
  return imageIn(source, platform, {
    async jumped(blob, diffId) {
      if (!isWorthwhile(blob) || (await job.store.has(blob.digest))) return undefined;
      if (isStargz(blob)) return jumpedStargz(source.repository, blob, job);
      if (isZstdChunked(blob)) return jumpedZstdChunked(source.repository, blob, job);
      // What its config calls otherwise is read as a whole, and refused.
      return isPlain(blob) && blob.digest === diffId ? jumpedPlain(source.repository, blob, job) : undefined;
    },
    async fetch(blob) {
      if (isWorthwhile(blob) && comesInParts(blob)) return;
      asked += blob.size;
      job.progress?.({ task: 'pull', detail: source.name });
      await source.fetch(blob);
      here += blob.size;
      job.progress?.({ task: 'pull', current: here, unit: 'bytes', done: here === asked });
    },
  });
}

/** A layer below this is fetched as a whole: no jump would pay. Bytes. */
const WORTHWHILE = 1024 * 1024;
const isWorthwhile = ({ size }: Descriptor): boolean => size >= WORTHWHILE;

const isPlain = ({ mediaType }: Descriptor): boolean => compressionOf(mediaType) === 'none' && !isForeign(mediaType);

const comesInParts = (blob: Descriptor): boolean => isPlain(blob) || isStargz(blob) || isZstdChunked(blob);
