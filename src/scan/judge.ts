import type { Scan, PackageResult } from './scan.ts';
import { SEVERITIES, type Advisory, type Severity } from './types.ts';
import type { VexStatement } from './vex/statement.ts';

export const THRESHOLDS = ['critical', 'high', 'medium', 'low', 'any'] as const;
export type Threshold = (typeof THRESHOLDS)[number];

/** From `scan.ignore` in plimsoll.yaml. */
export interface IgnoreEntry {
  readonly id: string;
  readonly package?: string | undefined;
  readonly reason: string;
  /** The last day on which it holds: `2027-03-31`. */
  readonly until: string;
}

export interface Policy {
  readonly failOn: Threshold;
  /** Vulnerabilities that nobody has fixed are told and do not count. */
  readonly ignoreUnfixed?: boolean | undefined;
  readonly allowUnknown?: boolean | undefined;
  readonly ignore?: readonly IgnoreEntry[] | undefined;
  readonly vex?: readonly VexStatement[] | undefined;
  readonly nowMs: number;
}

/** A vulnerability of a package, and whether it counts. */
export interface Finding {
  readonly result: PackageResult;
  readonly advisory: Advisory;
  readonly counts: boolean;
  /** Why it does not count, or counts again. */
  readonly because?: string;
  /** Of VEX: why it is not affected. */
  readonly notAffected?: VexStatement;
}

export interface Judgement {
  readonly verdict: 'clear' | 'vulnerable' | 'unknown';
  readonly findings: readonly Finding[];
  /** Not wholly answered. */
  readonly unknown: readonly PackageResult[];
  /** Entries of the ignore list that nothing matched. */
  readonly unused: readonly IgnoreEntry[];
}

/**
 * What counts by a policy. A vulnerability that nobody rated counts at every threshold: it may be of any severity. Of an
 * image without any record of a package nothing is known.
 */
export function judge(scan: Scan, policy: Policy): Judgement {
  const findings = scan.packages.flatMap((result) => result.advisories.map((advisory) => findingOf(result, advisory, policy)));
  const unknown = scan.packages.filter(({ unanswered }) => unanswered.length > 0);
  const isUnknown = unknown.length > 0 || scan.unread.length > 0 || scan.packages.length === 0;
  return {
    verdict: findings.some(({ counts }) => counts) ? 'vulnerable' : isUnknown && policy.allowUnknown !== true ? 'unknown' : 'clear',
    findings,
    unknown,
    unused: (policy.ignore ?? []).filter((entry) => !findings.some(({ result, advisory }) => matches(entry, result, advisory))),
  };
}

function findingOf(result: PackageResult, advisory: Advisory, policy: Policy): Finding {
  const found = { result, advisory };
  const vex = policy.vex?.find((it) => it.covers(result.package, advisory));
  if (vex) return { ...found, counts: false, because: `not affected: ${vex.justification} (${vex.from})`, notAffected: vex };
  const entries = (policy.ignore ?? []).filter((entry) => matches(entry, result, advisory));
  const valid = entries.find(({ until }) => !isOver(until, policy.nowMs));
  if (valid) return { ...found, counts: false, because: `ignored until ${valid.until}: ${valid.reason}` };
  const [expired] = entries;
  const again = expired ? { because: `was ignored until ${expired.until} (${expired.reason}), and counts again` } : {};
  if (policy.ignoreUnfixed === true && advisory.fixed === undefined) return { ...found, counts: false, because: 'nobody has fixed it' };
  return { ...found, counts: reaches(advisory.severity, policy.failOn), ...again };
}

const reaches = (severity: Severity | undefined, threshold: Threshold): boolean =>
  severity === undefined || threshold === 'any' || SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(threshold);

/** A day holds to its end, wherever one is: UTC, and twelve hours more. */
const isOver = (until: string, nowMs: number): boolean => nowMs > Date.parse(until) + 36 * 3_600_000;

function matches(entry: IgnoreEntry, { package: { name, source } }: PackageResult, { id, aliases }: Advisory): boolean {
  const isNamed = entry.package === undefined || entry.package === name || entry.package === source?.name;
  return isNamed && [id, ...aliases].some((it) => it.toLowerCase() === entry.id.toLowerCase());
}

export interface Totals {
  /** Different vulnerabilities that count, by severity. */
  readonly counted: Readonly<Record<Severity | 'unrated', number>>;
  readonly notCounted: number;
  readonly packages: Readonly<Record<PackageResult['status'], number>>;
}

/** In numbers: each vulnerability once, in however many packages it is. */
export function totalsOf({ packages }: Scan, { findings }: Judgement): Totals {
  const counted = { critical: 0, high: 0, medium: 0, low: 0, unrated: 0 };
  const ids = new Map<string, Finding>();
  for (const finding of findings) if (!ids.get(finding.advisory.id)?.counts) ids.set(finding.advisory.id, finding);
  for (const { advisory, counts } of ids.values()) if (counts) counted[advisory.severity ?? 'unrated'] += 1;
  const status = (wanted: PackageResult['status']): number => packages.filter((it) => it.status === wanted).length;
  return {
    counted,
    notCounted: [...ids.values()].filter(({ counts }) => !counts).length,
    packages: { vulnerable: status('vulnerable'), clear: status('clear'), unknown: status('unknown') },
  };
}
