import type { Application, Framework, Requirement } from '../types.ts';
import type { Fact } from '../../base/index.ts';
import type { Reader } from '../reader.ts';
import type { Phases } from './source/phases.ts';
import type { Module } from './source/module.ts';
import type { Program } from './source/program.ts';

/** The part of the source that runs when the service does. */
export interface Running {
  readonly program: Program;
  /** Reachable from the application by imports, the application's own module first. All own files when none is known. */
  readonly modules: readonly Module[];
  readonly application?: Application;
  readonly framework?: Framework;
  readonly phases: Phases;
  readonly requirements: readonly Fact<Requirement>[];
}

export type SourceReader<Output> = Reader<Running, Output>;
