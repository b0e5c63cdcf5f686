import type { Fact } from '../../../base/index.ts';
import type { Reader } from '../../reader.ts';
import type { Repository } from '../../repository.ts';
import type { DependencySets, DependencySource, Problem, Requirement } from '../../types.ts';

/** What one kind of manifest says. */
export interface ManifestFacts {
  readonly name?: Fact<string>;
  readonly version?: Fact<string>;
  readonly description?: Fact<string>;
  readonly licence?: Fact<string>;
  /** A URL. */
  readonly source?: Fact<string>;
  /** PEP 440 specifier set for the interpreter. */
  readonly requires?: Fact<string>;
  /** An interpreter version asked for by name. */
  readonly interpreter?: Fact<string>;
  readonly dependencies?: Fact<DependencySource>;
  readonly requirements?: readonly Fact<Requirement>[];
  readonly problems?: readonly Problem[];
}

/** A repository, and which of its dependencies are wanted. */
export interface ManifestInput extends Repository {
  readonly sets: DependencySets;
  /** The requirements file of production, where something names it. */
  readonly requirementsFile?: Fact<string>;
}

export type ManifestReader = Reader<ManifestInput, Promise<ManifestFacts>>;
