import { placeOf } from './json.ts';
import type { JudgedFile, LintFormat } from './types.ts';

/** The fields and codes that `hadolint --format json` prints, for tools that read them. */
export const hadolintJson: LintFormat = (files) => `${JSON.stringify(files.flatMap(rows))}\n`;

const rows = (file: JudgedFile): readonly object[] => [
  ...file.problems.map((problem) => ({
    ...placeOf(file, problem),
    file: file.path,
    level: 'error',
    code: 'DL1000',
    message: problem.message,
  })),
  ...file.findings.map(({ rule, severity, message, range }) => ({
    column: 1,
    line: range.start.line,
    file: file.path,
    level: severity,
    code: hadolintCode(rule),
    message,
  })),
];

/** hadolint's or ShellCheck's code of a rule, or the rule's own name. */
const hadolintCode = ({ id, aliases }: { readonly id: string; readonly aliases: readonly string[] }): string =>
  aliases.find((alias) => /^(?:DL|SC)\d+$/.test(alias)) ?? id;
