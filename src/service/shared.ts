import type { Fact } from '../base/index.ts';
import type { Repository } from './repository.ts';
import * as readers from './shared/index.ts';
import type { SharedFacts, SharedReader } from './shared/shared.ts';
import type { Companion, ExampleValue, Problem } from './types.ts';

const all: readonly SharedReader[] = Object.values(readers);

export interface Shared extends Pick<SharedFacts, 'start' | 'port' | 'translations'> {
  readonly companions: readonly Fact<Companion>[];
  readonly examples: readonly ExampleValue[];
  readonly problems: readonly Problem[];
}

/** What files that belong to no language say, together. No two readers give the same single fact. */
export async function readShared(repository: Repository): Promise<Shared> {
  const found = await Promise.all(all.map((r) => r.read(repository)));
  const start = found.find((f) => f.start)?.start;
  const port = found.find((f) => f.port)?.port;
  const translations = found.find((f) => f.translations)?.translations;
  return {
    ...(start ? { start } : {}),
    ...(port ? { port } : {}),
    ...(translations ? { translations } : {}),
    companions: found.flatMap((f) => f.companions ?? []),
    examples: found.flatMap((f) => f.examples ?? []),
    problems: found.flatMap((f) => f.problems ?? []),
  };
}
