export { gates } from './gates/index.ts';
export { companionProgram, companionValues } from './companions.ts';
export { contractOfImage, type ImageWishes } from './image-contract.ts';
export { findMoto } from './moto.ts';
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
