import type { LintFormat } from './types.ts';

const COMMANDS = { error: 'error', warning: 'warning', info: 'notice', style: 'notice' } as const;

/** Workflow commands that GitHub turns into annotations of a pull request. */
export const github: LintFormat = (files) =>
  files
    .flatMap((file) => [
      ...file.problems.map((problem) => {
        const { start, end } = file.file.rangeOf(problem.span);
        return annotation('error', file.path, start.line, start.column, end.line, problem.code, problem.message);
      }),
      ...file.findings.map(({ rule, severity, message, range: { start, end } }) =>
        annotation(COMMANDS[severity], file.path, start.line, start.column, end.line, rule.id, message),
      ),
    ])
    .join('');

function annotation(command: string, path: string, line: number, column: number, endLine: number, title: string, message: string): string {
  const properties = { file: path, line: Math.max(1, line), endLine: Math.max(1, endLine), col: column, title: `plimsoll ${title}` };
  const written = Object.entries(properties).map(([key, value]) => `${key}=${escapedProperty(String(value))}`);
  return `::${command} ${written.join(',')}::${escapedData(message)}\n`;
}

/** The escapes of the runner's own toolkit. */
const escapedData = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapedProperty = (text: string): string => escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
