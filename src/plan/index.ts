export type { DecisionRule, Flags } from './decision.ts';
export { ADDED_VERSIONS, PDM_VERSION, PDM_WITH, PIPENV_VERSION, POETRY_VERSION, SOURCE_ONLY, UV_VERSION } from './installers.ts';
export { makePlan } from './make-plan.ts';
export { decisionRules } from './rules.ts';
export { SYSTEM_NEEDS, type SystemNeed } from './system/distributions.ts';
export { namesIn, packageOfLibrary, type Distribution } from './system/packages.ts';
export { suiteNamed } from './suites.ts';
export type { DependencySource } from '../service/index.ts';
export type * from './types.ts';
