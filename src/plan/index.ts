export type { DecisionRule, Flags, Host } from './decision.ts';
export { dummyFor, isUsable } from './dummies.ts';
export { ADDED_VERSIONS, ADDS, PDM_VERSION, PDM_WITH, PIPENV_VERSION, POETRY_VERSION, SOURCE_ONLY, UV_VERSION } from './installers.ts';
export { makePlan } from './make-plan.ts';
export { decisionRules } from './rules.ts';
export { suiteNamed } from './suites.ts';
export { isForDevelopment } from '../service/index.ts';
export type { DependencySets, DependencySource, LocalPackage } from '../service/index.ts';
export type * from './types.ts';
