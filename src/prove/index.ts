export { gates } from './gates/index.ts';
export { onThisMachine } from './companions/here.ts';
export { companionProgram, companionValues } from './companions/programs.ts';
export { companionsFor, type Choice, type Said } from './companions/wanted.ts';
export { environmentOf } from './values.ts';
export { contractOfImage, hintsOfImage, type ImageWishes } from './image-contract.ts';
export { findMoto } from './moto.ts';
export { discover, type Discovery, type NeededVariable } from './discover.ts';
export { profiles } from './profiles/index.ts';
export { contractIn, type Profile, type ProfileId } from './profiles/profile.ts';
export { prove } from './proof.ts';
export { subjectOf, type SubjectParts } from './subject.ts';
export { parseEnvFile, valuesFor, type ValueSources } from './values.ts';
export type { AllowedSecret } from './secrets/finding.ts';
export type {
  Beside,
  Budget,
  DockerfileText,
  Double,
  Expected,
  Gate,
  GateResult,
  GivenValue,
  Level,
  Moment,
  Outcome,
  Pins,
  Probe,
  Proof,
  ProveOptions,
  Quantity,
  SeenRun,
  Subject,
} from './types.ts';
