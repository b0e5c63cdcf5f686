import type { Range } from '../../base/index.ts';
import { isUnsafe, type Severity } from '../../lint/index.ts';
import type { ReportStyle } from '../plan-report.ts';
import { wrap, type Paint } from '../paint.ts';
import type { JudgedFile, ReportedFinding } from './types.ts';

const ORDER: readonly Severity[] = ['error', 'warning', 'info', 'style'];

/** What people read: each finding with the line it is about, and at the end what to do first. */
export function lintReport(files: readonly JudgedFile[], style: ReportStyle): string {
  const parts = files.flatMap((file) => [
    ...(file.isFragment ? [[`${style.paint.bold(file.path)} ${style.paint.dim('has no FROM: it was judged as part of a stage')}`]] : []),
    ...file.problems.map((problem) => problemLines(file, problem, style)),
    ...file.findings.map((finding) => findingLines(file, finding, style)),
  ]);
  return [...parts.map((lines) => `${lines.join('\n')}\n`), summary(files, style)].join('\n');
}

function problemLines(judged: JudgedFile, problem: JudgedFile['problems'][number], style: ReportStyle): string[] {
  const { paint } = style;
  const range = judged.file.rangeOf(problem.span);
  const place =
    problem.startLine === 0 && problem.span.end === 0 ? judged.path : `${judged.path}:${range.start.line}:${range.start.column}`;
  return [
    `${paint.bold(place)} ${paint.red('cannot be built')}`,
    ...indented(problem.message, style),
    ...(problem.span.end > problem.span.start ? frame(judged.file.text, range, paint) : []),
    ...wrap(`hint: ${problem.hint}`, style.width - 2).map((line) => `  ${paint.yellow(line)}`),
  ];
}

function findingLines(judged: JudgedFile, { rule, severity, message, range, fix }: ReportedFinding, style: ReportStyle): string[] {
  const { paint } = style;
  const known = rule.aliases.length === 0 ? '' : paint.dim(` (${rule.aliases.join(', ')})`);
  return [
    `${paint.bold(`${judged.path}:${range.start.line}:${range.start.column}`)} ${dye(paint, severity)(severity)} ${rule.id}${known}`,
    ...indented(message, style),
    ...frame(judged.file.text, range, paint),
    ...(fix === undefined ? [] : [paint.cyan(`  fix: ${fix.title}${isUnsafe(rule, fix) ? ' (changes the image: --unsafe)' : ''}`)]),
  ];
}

const indented = (text: string, { width }: ReportStyle): string[] => wrap(text, width - 2).map((line) => `  ${line}`);

const dye = (paint: Paint, severity: Severity): ((text: string) => string) =>
  ({ error: paint.red, warning: paint.yellow, info: paint.cyan, style: paint.dim })[severity];

/** At most this many lines of the file: what a finding is about shows at its beginning. */
const FRAME_LINES = 3;

/** The lines a range covers, with carets below what is meant where it is on one line. */
function frame(text: string, { start, end }: Range, paint: Paint): string[] {
  const all = text.split('\n').slice(start.line - 1, end.line);
  const shown = all.slice(0, FRAME_LINES);
  const gutter = String(start.line + shown.length - 1).length;
  const lines = shown.map((line, i) => `  ${paint.dim(`${String(start.line + i).padStart(gutter)} │`)} ${printable(line)}`);
  if (start.line === end.line) {
    const first = all[0] ?? '';
    const before = printable(first.slice(0, start.column - 1)).replaceAll(/[^\t]/g, ' ');
    const marked = '^'.repeat(Math.max(1, printable(first.slice(start.column - 1, end.column - 1)).length));
    lines.push(`  ${paint.dim(`${' '.repeat(gutter)} │`)} ${before}${paint.red(marked)}`);
  }
  if (all.length > shown.length) lines.push(`  ${paint.dim(`${' '.repeat(gutter)} │ … ${all.length - shown.length} more lines`)}`);
  return lines;
}

/** A file's text may not steer the terminal. */
const printable = (line: string): string =>
  line
    .replace(/\r$/, '')
    // eslint-disable-next-line no-control-regex
    .replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]|\p{Surrogate}/gu, '\uFFFD');

function summary(files: readonly JudgedFile[], { paint }: ReportStyle): string {
  const findings = files.flatMap((file) => file.findings);
  const refused = files.filter((file) => file.problems.length > 0).length;
  const counts = ORDER.map((severity) => [severity, findings.filter((f) => f.severity === severity).length] as const).filter(
    ([, n]) => n > 0,
  );
  const head = [
    plural(files.length, 'file'),
    ...(refused > 0 ? [paint.red(`${refused} cannot be built`)] : []),
    ...(counts.length === 0
      ? [refused > 0 ? 'no findings' : paint.green('no findings')]
      : counts.map(([severity, n]) => dye(paint, severity)(counted(n, severity)))),
  ].join(', ');
  return `${[head, ...leftOut(files), ...firstSteps(findings, paint), ...fixLine(findings)].join('\n')}\n`;
}

/** Files of which less was said than of others, and why. */
function leftOut(files: readonly JudgedFile[]): string[] {
  const [first, ...rest] = files.filter((file) => file.developmentSaidBy !== undefined);
  if (first === undefined) return [];
  const isMixed = rest.some((file) => file.developmentSaidBy !== first.developmentSaidBy);
  const says = isMixed ? 'a path or a comment says' : first.developmentSaidBy === 'path' ? 'the path says' : 'a comment at the top says';
  const which = rest.length === 0 ? first.path : plural(rest.length + 1, 'file');
  return [`Rules on what is shipped were left out for ${which}: ${says} that it is for tests, examples or development`];
}

/** `1 error`, `2 errors`; the other two words have no plural here. */
const counted = (count: number, severity: Severity): string =>
  severity === 'error' || severity === 'warning' ? plural(count, severity) : `${count} ${severity}`;

/** The rules that were found, the gravest first and then the most frequent. */
function firstSteps(findings: readonly ReportedFinding[], paint: Paint): string[] {
  const byRule = groupByRule(findings);
  if (byRule.length < 2) return [];
  const rows = byRule.toSorted((a, b) => rank(a) - rank(b) || b.length - a.length).slice(0, 5);
  return [
    'Do first:',
    ...rows.map(
      (group) => `  ${String(group.length).padStart(4)} × ${group[0]?.rule.id ?? ''}  ${paint.dim(group[0]?.rule.summary ?? '')}`,
    ),
  ];
}

const rank = (group: readonly ReportedFinding[]): number => ORDER.indexOf(group[0]?.severity ?? 'style');

function groupByRule(findings: readonly ReportedFinding[]): readonly (readonly ReportedFinding[])[] {
  const groups = new Map<string, ReportedFinding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.rule.id);
    if (group === undefined) groups.set(finding.rule.id, [finding]);
    else group.push(finding);
  }
  return [...groups.values()];
}

function fixLine(findings: readonly ReportedFinding[]): string[] {
  const fixable = findings.flatMap(({ rule, fix }) => (fix === undefined ? [] : [isUnsafe(rule, fix)]));
  if (fixable.length === 0) return [];
  const unsafe = fixable.filter(Boolean).length;
  const safe = fixable.length - unsafe;
  return [
    safe > 0
      ? `${safe} can be mended with \`--fix\`${unsafe > 0 ? `, ${unsafe} more with \`--fix --unsafe\`` : ''}`
      : `${unsafe} can be mended with \`--fix --unsafe\``,
  ];
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
