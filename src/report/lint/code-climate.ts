import { placeOf } from './json.ts';
import type { LintFormat } from './types.ts';

const SEVERITIES = { error: 'critical', warning: 'major', info: 'minor', style: 'info' } as const;

/**
 * GitLab's code quality report (Code Climate's format). A fingerprint is made of the file, the rule, the message and how
 * often that was there before, so that lines may move without a finding becoming a new one.
 */
export const codeClimate: LintFormat = (files) => {
  const seen = new Map<string, number>();
  const row = (path: string, check: string, severity: string, description: string, begin: number): object => {
    const key = `${path}\0${check}\0${description}`;
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    return {
      type: 'issue',
      check_name: check,
      description,
      categories: ['Bug Risk'],
      severity,
      fingerprint: fingerprint(`${key}\0${count}`),
      location: { path, lines: { begin: Math.max(1, begin) } },
    };
  };
  const rows = files.flatMap((file) => [
    ...file.problems.map((problem) => row(file.path, problem.code, 'blocker', problem.message, placeOf(file, problem).line)),
    ...file.findings.map((f) => row(file.path, f.rule.id, SEVERITIES[f.severity], f.message, f.range.start.line)),
  ]);
  return `${JSON.stringify(rows, null, 2)}\n`;
};

/** 128 bits of FNV-1a, four times with other beginnings: no hash of a library is to be had in a browser without waiting. */
function fingerprint(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return [0x811c9dc5, 0x01000193, 0x9e3779b9, 0x85ebca6b]
    .map((seed) => {
      let hash = seed;
      for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
      return hash.toString(16).padStart(8, '0');
    })
    .join('');
}
