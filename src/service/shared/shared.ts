import type { Fact } from '../../base/index.ts';
import type { Reader } from '../reader.ts';
import type { Repository } from '../repository.ts';
import type { Beside, Companion, ExampleValue, PortRead, Problem } from '../types.ts';

/** What files that belong to no language say. */
export interface SharedFacts {
  readonly start?: Fact<readonly string[]>;
  /** A start command that is no declaration: it decides only where the source leaves the start open. */
  readonly hint?: Fact<readonly string[]>;
  readonly port?: Fact<PortRead>;
  readonly companions?: readonly Fact<Companion>[];
  readonly examples?: readonly ExampleValue[];
  readonly beside?: Beside;
  /** Paths of .po files. */
  readonly translations?: Fact<readonly string[]>;
  readonly problems?: readonly Problem[];
}

export type SharedReader = Reader<Repository, Promise<SharedFacts>>;
