import type { Fact } from '../base/index.ts';
import type { Repository } from './repository.ts';
import * as readers from './shared/index.ts';
import type { SharedFacts, SharedReader } from './shared/shared.ts';
import type { Companion, ExampleValue, Problem } from './types.ts';

const all: readonly SharedReader[] = Object.values(readers);

export interface Shared extends Pick<SharedFacts, 'start' | 'hint' | 'port' | 'translations' | 'beside'> {
  readonly companions: readonly Fact<Companion>[];
  readonly examples: readonly ExampleValue[];
  readonly problems: readonly Problem[];
}

/** What files that belong to no language say, together. */
export async function readShared(repository: Repository): Promise<Shared> {
  const found = await Promise.all(all.map((r) => r.read(repository)));
  // A Procfile is written for production; a compose file may be.
  const start = (found.find((f) => f.start?.confidence === 'certain') ?? found.find((f) => f.start))?.start;
  const hint = found.find((f) => f.hint)?.hint;
  const port = found.find((f) => f.port)?.port;
  const translations = found.find((f) => f.translations)?.translations;
  const beside = found.find((f) => f.beside)?.beside;
  return {
    ...(start ? { start } : {}),
    ...(hint ? { hint } : {}),
    ...(port ? { port } : {}),
    ...(translations ? { translations } : {}),
    ...(beside ? { beside } : {}),
    companions: found.flatMap((f) => f.companions ?? []),
    examples: found.flatMap((f) => f.examples ?? []),
    problems: found.flatMap((f) => f.problems ?? []),
  };
}
