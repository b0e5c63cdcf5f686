import { checkstyle } from './checkstyle.ts';
import { codeClimate } from './code-climate.ts';
import { github } from './github.ts';
import { hadolintJson } from './hadolint-json.ts';
import { lintJson } from './json.ts';
import { sarif } from './sarif.ts';
import type { LintFormat } from './types.ts';

/** The formats for machines, by the name that `--format` takes. */
export const lintFormats: Readonly<Record<string, LintFormat>> = {
  json: lintJson,
  sarif,
  checkstyle,
  gitlab: codeClimate,
  github,
  'hadolint-json': hadolintJson,
};

export { unifiedDiff } from './diff.ts';
export { lintReport } from './terminal.ts';
