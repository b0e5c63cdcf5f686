export { compareHtml } from './html.ts';
export { compareMarkdown } from './markdown.ts';
export { regressionsOf } from './regressions.ts';
export { compareRows } from './rows.ts';
export { compareLines } from './terminal.ts';
export type { Comparison, Side } from './types.ts';
