import type { DecisionRule } from './decision.ts';
import * as all from './decisions/index.ts';

/** In the order in which they are made: a decision sees those above it. A test compares this with the folder. */
export const decisionRules: readonly DecisionRule[] = [
  all.entry,
  all.base,
  all.interpreter,
  all.dependencySets,
  all.installer,
  all.server,
  all.workers,
  all.port,
  all.lifetime,
  all.pid1,
  all.systemPackages,
  all.user,
  all.healthCheck,
  all.writablePaths,
  all.environment,
  all.bytecode,
  all.debugSections,
  all.buildSteps,
  all.translations,
  all.layers,
  all.ignoredFiles,
  all.dockerfileBase,
  all.dockerfileStages,
  all.dockerfileInstall,
  all.dockerfileHealthCheck,
];
