import { escaped } from '../markup.ts';
import { placeOf } from './json.ts';
import type { LintFormat } from './types.ts';

const SEVERITIES = { error: 'error', warning: 'warning', info: 'info', style: 'info' } as const;

/** The XML of Checkstyle 4.3, as Jenkins and others read it. */
export const checkstyle: LintFormat = (files) => {
  const rows = files.flatMap((file) => {
    const errors = [
      ...file.problems.map((problem) => ({ ...placeOf(file, problem), severity: 'error', message: problem.message, source: problem.code })),
      ...file.findings.map(({ rule, severity, message, range }) => ({
        ...range.start,
        severity: SEVERITIES[severity],
        message,
        source: rule.id,
      })),
    ];
    if (errors.length === 0) return [];
    const inner = errors.map(
      ({ line, column, severity, message, source }) =>
        `    <error line="${line}" column="${column}" severity="${severity}" message="${escaped(message)}" source="plimsoll.${escaped(source)}"/>`,
    );
    return [`  <file name="${escaped(file.path)}">`, ...inner, '  </file>'];
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<checkstyle version="4.3">', ...rows, '</checkstyle>', ''].join('\n');
};
