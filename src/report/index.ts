export { buildLines } from './build-report.ts';
export { decisionPage, gatePage } from './explain.ts';
export { markdownReport } from './markdown.ts';
export { type Paint } from './paint.ts';
export { decisionLines, headline, planReport, type ReportStyle } from './plan-report.ts';
export { gateLines, verdictLine } from './proof-report.ts';
export type { BuildSummary } from './types.ts';
export { formatBytes } from './units.ts';
