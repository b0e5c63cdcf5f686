import { isIndex, isManifest } from '../spec/media-types.ts';
import type { Descriptor } from '../types.ts';
import { namedMismatches, type IndexBench, type Mismatch } from '../validate/index.ts';
import { verified } from '../verified.ts';
import { ContentError } from './errors.ts';
import type { RegistryJob } from './job.ts';
import type { RegistryName } from './name.ts';
import { openSource, type Source } from './pull.ts';
import { referrerMismatches } from './validate-referrers.ts';

/**
 * Validates the image or the index that a name stands for, with all that it names, and what is attached to them. What
 * the registry serves is judged; throws what it does not answer, or does not let anybody read.
 */
export async function validateInRegistry(name: RegistryName, job: RegistryJob): Promise<readonly Mismatch[]> {
  const source = await openSource(name, job);
  let unjudged: { readonly error: unknown } | undefined;
  const bench: IndexBench = {
    measured: new Map(),
    named: 0,
    documents: new Map(),
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
  return [...found, ...(await referrerMismatches(source, [...bench.documents.keys()], job))];
}

async function* bytesOf(source: Source, descriptor: Descriptor): AsyncGenerator<Uint8Array, void, undefined> {
  const isDocument = isIndex(descriptor.mediaType) || isManifest(descriptor.mediaType);
  yield* isDocument ? verified([await source.document(descriptor)], descriptor) : source.blob(descriptor);
}
