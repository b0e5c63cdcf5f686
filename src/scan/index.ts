// What is known of an image's packages: sources, one file each; versions as each ecosystem orders them; what counts by a policy.
export {
  judge,
  THRESHOLDS,
  totalsOf,
  type Finding,
  type IgnoreEntry,
  type Judgement,
  type Policy,
  type Threshold,
  type Totals,
} from './judge.ts';
export { TOOLS, tool, type Tool } from './others/tool.ts';
export { osvEcosystems } from './osv/ecosystem.ts';
export { updateDatabase } from './osv/update.ts';
export { remembered } from './remembered.ts';
export { directNames, scan, type AskedSource, type PackageResult, type Scan, type Scanned } from './scan.ts';
export type { OpenSuite } from './sources/debian-suites.ts';
export { sourcesFor, type SourceSettings } from './sources/index.ts';
export type { Advisory, AskJob, ScannedPackage, Severity, Source } from './types.ts';
export { readVex } from './vex/read.ts';
export type { VexStatement } from './vex/statement.ts';
export { writeVex } from './vex/write.ts';
