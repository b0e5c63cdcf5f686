import * as all from './gates/index.ts';

export { prove } from './proof.ts';
export { subjectOf, environmentOf, type SubjectParts } from './subject.ts';
export { parseEnvFile, valuesFor, type ValueSources } from './values.ts';
export type * from './types.ts';
export const gates = all.gates;
