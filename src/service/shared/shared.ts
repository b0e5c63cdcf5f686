import type { Fact } from '../../base/index.ts';
import type { Reader } from '../reader.ts';
import type { Repository } from '../repository.ts';
import type { Companion, ExampleValue, PortRead, Problem } from '../types.ts';

/** What files that belong to no language say. */
export interface SharedFacts {
  readonly start?: Fact<readonly string[]>;
  readonly port?: Fact<PortRead>;
  readonly companions?: readonly Fact<Companion>[];
  readonly examples?: readonly ExampleValue[];
  /** Paths of .po files. */
  readonly translations?: Fact<readonly string[]>;
  readonly problems?: readonly Problem[];
}

export type SharedReader = Reader<Repository, Promise<SharedFacts>>;
