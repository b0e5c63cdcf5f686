import type { Finding, Judgement, PackageResult, Scan, ScannedPackage, Totals } from '../scan/index.ts';
import { wrap } from './paint.ts';
import type { ReportStyle } from './plan-report.ts';

export interface ScanReport {
  readonly scan: Scan;
  readonly judgement: Judgement;
  readonly totals: Totals;
  readonly nowMs: number;
}

/** What is known of an image's packages, and what is not, for a terminal. */
export function scanLines(report: ScanReport, style: ReportStyle): readonly string[] {
  const { scan, judgement } = report;
  const counting = judgement.findings.filter(({ counts }) => counts);
  const others = judgement.findings.filter(({ counts }) => !counts);
  return [
    ...grouped(counting).map((group) => findingLine(group, style)),
    ...(others.length > 0 ? ['', style.paint.bold('does not count'), ...grouped(others).map((group) => findingLine(group, style))] : []),
    ...(judgement.findings.length > 0 ? [''] : []),
    ...unknownLines(scan, judgement, style),
    ...scan.sources.map((it) => style.paint.dim(sourceLine(it, report.nowMs))),
    ...(scan.own.length > 0 ? [style.paint.dim(`not asked about, because they are the repository’s own: ${listed(scan.own)}`)] : []),
    ...judgement.unused.map(({ id, package: of }) =>
      style.paint.yellow(`scan.ignore: nothing here is ${id}${of === undefined ? '' : ` in ${of}`}; take the entry out`),
    ),
    '',
    verdictOf(report, style),
  ];
}

/** One line for what is the same in packages that were built together. */
function grouped(findings: readonly Finding[]): readonly (readonly Finding[])[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { package: one } = finding.result;
    const key = [finding.advisory.id, one.ecosystem, one.source?.name ?? one.name, one.version, finding.because].join('\0');
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()].toSorted((a, b) => rank(b) - rank(a));
}

const ORDER = ['low', 'medium', 'high', 'critical'];
const rank = ([first]: readonly Finding[]): number => ORDER.indexOf(first?.advisory.severity ?? '');

function findingLine(group: readonly Finding[], { paint }: ReportStyle): string {
  const { advisory, result, because } = group[0]!;
  const { severity = 'unrated', id, fixed } = advisory;
  const dye = severity === 'critical' || severity === 'high' ? paint.red : severity === 'low' ? paint.dim : paint.yellow;
  const names = listed([...new Set(group.map((it) => it.result.package.name))]);
  const through = result.through.length > 0 ? `, through ${listed(result.through)}` : '';
  const fix = fixed === undefined ? 'nobody has fixed it' : `fixed in ${fixed}`;
  return `${dye(severity.padEnd(8))}  ${id.padEnd(16)}  ${names} ${result.package.version}${through}: ${fix}${because === undefined ? '' : ` (${because})`}`;
}

const listed = (names: readonly string[]): string =>
  names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;

const KINDS: Readonly<Record<ScannedPackage['ecosystem'], string>> = {
  debian: 'of dpkg',
  alpine: 'of Alpine',
  rpm: 'of RPM',
  python: 'of Python',
  npm: 'of npm',
};

function unknownLines({ unread, packages }: Scan, { unknown }: Judgement, { paint, width }: ReportStyle): readonly string[] {
  const reasons = new Map<string, PackageResult[]>();
  for (const result of unknown)
    for (const { why } of result.unanswered) {
      const key = `${KINDS[result.package.ecosystem]}: ${why}`;
      reasons.set(key, [...(reasons.get(key) ?? []), result]);
    }
  const lines = [...reasons].map(
    ([why, of]) => `unknown: ${of.length} package${of.length === 1 ? '' : 's'} ${why} (${listed(of.map((it) => it.package.name))})`,
  );
  const records = unread.map(({ path, why }) => `unknown: what /${path} lists: ${why}`);
  const none = packages.length === 0 ? ['unknown: the image has no record of any package, so nothing can be said of what is in it'] : [];
  return [...lines, ...records, ...none].flatMap((line) => wrap(line, width).map((part, i) => paint.yellow(i === 0 ? part : `  ${part}`)));
}

function sourceLine({ name, asked, answered, asOf, saysNothingOf }: Scan['sources'][number], nowMs: number): string {
  const days = asOf === undefined ? 0 : Math.floor((nowMs - Date.parse(asOf)) / 86_400_000);
  const age = asOf === undefined ? '' : `, as of ${asOf.slice(0, 10)}${days > 0 ? ` (${days} day${days === 1 ? '' : 's'} old)` : ''}`;
  return `asked ${name}: ${answered} of ${asked} packages answered${age}${saysNothingOf === undefined ? '' : `; says nothing of ${saysNothingOf}`}`;
}

function verdictOf({ scan, judgement, totals }: ScanReport, { paint }: ReportStyle): string {
  const kinds = Object.entries(totals.counted).filter(([, count]) => count > 0);
  const known = kinds.reduce((sum, [, count]) => sum + count, 0);
  const severities = known > 0 ? ` (${kinds.map(([name, count]) => `${count} ${name}`).join(', ')})` : '';
  const open = judgement.unknown.length + scan.unread.length;
  const parts = [
    `${known} known${severities}`,
    ...(totals.notCounted > 0 ? [`${totals.notCounted} that do not count`] : []),
    ...(open > 0 || scan.packages.length === 0
      ? [`${open} of ${scan.packages.length + scan.unread.length} packages and records unknown`]
      : [`all ${scan.packages.length} packages answered for`]),
  ];
  const dye = judgement.verdict === 'clear' ? paint.green : judgement.verdict === 'vulnerable' ? paint.red : paint.yellow;
  return dye(`${judgement.verdict}: ${parts.join(', ')}`);
}
