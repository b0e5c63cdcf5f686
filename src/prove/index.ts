export { gates } from './gates/index.ts';
export { companionValues } from './companions.ts';
export { prove } from './proof.ts';
export { subjectOf, type SubjectParts } from './subject.ts';
export { parseEnvFile, valuesFor, type ValueSources } from './values.ts';
export type {
  Budget,
  Double,
  Gate,
  GateResult,
  GivenValue,
  Level,
  Outcome,
  Pins,
  Probe,
  Proof,
  ProveOptions,
  Quantity,
  Subject,
} from './types.ts';
