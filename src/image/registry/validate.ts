import { namedMismatches, type IndexBench, type Mismatch } from '../validate/index.ts';
import { ContentError } from './errors.ts';
import type { RegistryJob } from './job.ts';
import type { RegistryName } from './name.ts';
import { bytesIn, openSource } from './pull.ts';
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
        yield* bytesIn(source, descriptor);
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
