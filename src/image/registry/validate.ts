import { namedMismatches, type IndexBench } from '../layout/validate.ts';
import { isIndex, isManifest } from '../spec/media-types.ts';
import type { Descriptor } from '../types.ts';
import type { Mismatch } from '../validate.ts';
import { verified } from '../verified.ts';
import { ContentError } from './errors.ts';
import type { RegistryJob } from './job.ts';
import type { RegistryName } from './name.ts';
import { openSource, type Source } from './pull.ts';

/**
 * Validates the image or the index that a name stands for, with all that it names. What the registry serves is judged;
 * throws what it does not answer, or does not let anybody read.
 */
export async function validateInRegistry(name: RegistryName, job: RegistryJob): Promise<readonly Mismatch[]> {
  const source = await openSource(name, job);
  let unjudged: { readonly error: unknown } | undefined;
  const bench: IndexBench = {
    measured: new Map(),
    named: 0,
    async *blob(descriptor) {
      try {
        yield* bytesOf(source, descriptor);
      } catch (error) {
        if (!(error instanceof ContentError)) unjudged ??= { error };
        throw error;
      }
    },
  };
  const found = await namedMismatches(bench, source.top.descriptor, source.name, 0);
  if (unjudged) throw unjudged.error;
  return found;
}

async function* bytesOf(source: Source, descriptor: Descriptor): AsyncGenerator<Uint8Array, void, undefined> {
  const isDocument = isIndex(descriptor.mediaType) || isManifest(descriptor.mediaType);
  yield* isDocument ? verified([await source.document(descriptor)], descriptor) : source.blob(descriptor);
}
