import { scoreOf4 } from './cvss4.ts';
import { SEVERITIES, type Severity } from './types.ts';

export interface Rating {
  readonly severity: Severity;
  readonly score?: number;
}

/** By score: CVSS v3.1 specification, 5, "Qualitative Severity Rating Scale"; no score of 0 is given to a vulnerability that counts. */
const ratingOf = (score: number): Rating => ({
  severity: score >= 9 ? 'critical' : score >= 7 ? 'high' : score >= 4 ? 'medium' : 'low',
  score,
});

/** A vector of CVSS 4.0, rated by its score, or of 3.1, 3.0 or 2.0, by its base score. Undefined for other text. */
export function ratedVector(vector: string): Rating | undefined {
  const metrics = new Map(vector.split('/').map((part) => part.split(':', 2) as [string, string]));
  const score = FORMS.find(([form]) => form.test(vector))?.[1](metrics);
  return score === undefined || Number.isNaN(score) ? undefined : ratingOf(score);
}

const FORMS: readonly (readonly [RegExp, (metrics: Metrics) => number | undefined])[] = [
  [/^CVSS:4\.0\//, scoreOf4],
  [/^CVSS:3\.[01]\//, scoreOf3],
  [/^(?:CVSS:2\.0\/|\()?AV:/, scoreOf2],
];

/** A source's own word: `MODERATE`, `High`, `unimportant`. */
export function ratedWord(word: unknown): Rating | undefined {
  if (typeof word !== 'string') return undefined;
  const lower = word.toLowerCase();
  const severity = WORDS[lower] ?? SEVERITIES.find((it) => it === lower);
  return severity === undefined ? undefined : { severity };
}

const WORDS: Readonly<Record<string, Severity>> = {
  moderate: 'medium',
  important: 'high',
  unimportant: 'low',
  negligible: 'low',
  info: 'low',
};

type Metrics = ReadonlyMap<string, string>;

/** CVSS v3.1 specification, 7.1 and 7.4. */
function scoreOf3(metrics: Metrics): number {
  const value = (metric: string, values: Readonly<Record<string, number>>): number => values[metrics.get(metric) ?? ''] ?? NaN;
  const isChanged = metrics.get('S') === 'C';
  const impact = (metric: string): number => value(metric, { H: 0.56, L: 0.22, N: 0 });
  const base = 1 - (1 - impact('C')) * (1 - impact('I')) * (1 - impact('A'));
  const sub = isChanged ? 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15 : 6.42 * base;
  const exploitability =
    8.22 *
    value('AV', { N: 0.85, A: 0.62, L: 0.55, P: 0.2 }) *
    value('AC', { L: 0.77, H: 0.44 }) *
    value('PR', isChanged ? { N: 0.85, L: 0.68, H: 0.5 } : { N: 0.85, L: 0.62, H: 0.27 }) *
    value('UI', { N: 0.85, R: 0.62 });
  if (Number.isNaN(sub) || Number.isNaN(exploitability)) return NaN;
  return sub <= 0 ? 0 : roundUp(Math.min((isChanged ? 1.08 : 1) * (sub + exploitability), 10));
}

/** CVSS v3.1 specification, appendix A: in whole numbers, so that 4.02 does not become 4.2. */
function roundUp(score: number): number {
  const whole = Math.round(score * 100_000);
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10;
}

/** CVSS v2 guide, 3.2.1. */
function scoreOf2(metrics: Metrics): number {
  const value = (metric: string, values: Readonly<Record<string, number>>): number =>
    values[(metrics.get(metric) ?? metrics.get(`(${metric}`) ?? '').replace(')', '')] ?? NaN;
  const part = (metric: string): number => value(metric, { N: 0, P: 0.275, C: 0.66 });
  const impact = 10.41 * (1 - (1 - part('C')) * (1 - part('I')) * (1 - part('A')));
  const exploitability =
    20 *
    value('AV', { L: 0.395, A: 0.646, N: 1 }) *
    value('AC', { H: 0.35, M: 0.61, L: 0.71 }) *
    value('Au', { M: 0.45, S: 0.56, N: 0.704 });
  const score = (0.6 * impact + 0.4 * exploitability - 1.5) * (impact === 0 ? 0 : 1.176);
  return Math.round(score * 10) / 10;
}
