export { fix, versionsWanted, type Fixed } from './fix.ts';
export { readHadolintConfig, type HadolintConfigProblem, type HadolintConfigRead } from './hadolint-config.ts';
export type { HadolintConfig, LabelType } from './hadolint-settings.ts';
export { lint, rules, sortFindings, type Finding, type Linted, type LintOptions } from './lint.ts';
export { isUnsafe } from './types.ts';
export type { Context, Example, Fix, PresetName, Report, Rule, RuleFacts, Severity, Subject } from './types.ts';
export { ALWAYS_EXCLUDED, shellFindings, type ShellComment } from './shellcheck/results.ts';
export { shellScripts, type ShellScript } from './shellcheck/scripts.ts';
export { keyOf as keyOfPackage, type PackageName, type VersionLookup } from './versions/index.ts';
