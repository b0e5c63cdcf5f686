export { fix, type Fixed } from './fix.ts';
export { lint, rules, type Finding, type Linted, type LintOptions } from './lint.ts';
export type { Example, Fix, PresetName, Report, Rule, Severity, Subject } from './types.ts';
