import { isUnsafe } from '../../lint/index.ts';
import type { JudgedFile, LintFormat } from './types.ts';

/** `plimsoll lint --json`. */
export const lintJson: LintFormat = (files) =>
  `${JSON.stringify(
    {
      schema: 'plimsoll/lint/1',
      findings: files.flatMap(({ path, findings }) =>
        findings.map(({ rule, severity, message, range, fix }) => ({
          rule: rule.id,
          aliases: rule.aliases,
          severity,
          message,
          file: path,
          range,
          fixable: fix !== undefined,
          unsafe: fix !== undefined && isUnsafe(rule, fix),
        })),
      ),
      forDevelopment: files.flatMap(({ path, developmentSaidBy }) =>
        developmentSaidBy === undefined ? [] : [{ file: path, saidBy: developmentSaidBy }],
      ),
      parseErrors: files.flatMap((file) =>
        file.problems.map((problem) => ({ file: file.path, ...placeOf(file, problem), message: problem.message })),
      ),
    },
    null,
    2,
  )}\n`;

/** Line and column, from 1, of what BuildKit refuses. */
export function placeOf(
  { file }: JudgedFile,
  { span }: JudgedFile['problems'][number],
): { readonly line: number; readonly column: number } {
  return file.rangeOf(span).start;
}
