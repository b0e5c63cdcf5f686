import { namedMismatches, type IndexBench } from '../layout/validate.ts';
import type { Mismatch } from '../validate.ts';
import { ContentError } from './errors.ts';
import type { RegistryJob } from './job.ts';
import type { RegistryName } from './name.ts';
import { bytesIn, openSource } from './pull.ts';

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
        yield* bytesIn(source, descriptor);
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
