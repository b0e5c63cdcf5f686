import { CVSS4_SCORES } from './cvss4-scores.ts';

/**
 * The score of a vector of CVSS 4.0, 0 to 10, by all metrics it has: the specification knows one score, whose name says
 * which went in. Undefined where a base metric is missing or a value is none. Source: FIRST, CVSS v4.0 specification, 8,
 * "CVSS v4.0 Scoring"; sets, highest vectors and depths as in its reference implementation.
 */
export function scoreOf4(metrics: ReadonlyMap<string, string>): number | undefined {
  const steps = stepsOf(metrics);
  if (steps === undefined) return undefined;
  if (NO_IMPACT.every(([metric, none]) => steps[metric] === none)) return 0;
  const set = setOf(steps);
  const score = CVSS4_SCORES.get(set.join(''))!;
  const fallen = PARTS.flatMap((part) => {
    const lower = lowerOf(set, part);
    return lower === undefined ? [] : [(score - lower) * shareOf(steps, set, part)];
  });
  const mean = fallen.length === 0 ? 0 : fallen.reduce((sum, it) => sum + it, 0) / fallen.length;
  // As the reference does: what differs from a half by what binary fractions cost is a half.
  return Math.round((Math.min(Math.max(score - mean, 0), 10) + 1e-6) * 10) / 10;
}

/** How far a vector is from the worst value of each metric: the place in the metric's row. */
type Steps = Readonly<Record<string, number>>;

/** Values from the worst on. `S`, safety, only a modified metric can have. */
const BASE = {
  AV: 'NALP',
  PR: 'NLH',
  UI: 'NPA',
  AC: 'LH',
  AT: 'NP',
  VC: 'HLN',
  VI: 'HLN',
  VA: 'HLN',
  SC: ' HLN',
  SI: 'SHLN',
  SA: 'SHLN',
} as const;
/** What counts where they are not defined is the worst: "Threat Metrics", "Environmental Metrics". */
const OTHERS = { E: 'APU', CR: 'HML', IR: 'HML', AR: 'HML' } as const;
const NO_IMPACT = [
  ['VC', 2],
  ['VI', 2],
  ['VA', 2],
  ['SC', 3],
  ['SI', 3],
  ['SA', 3],
] as const;

function stepsOf(metrics: ReadonlyMap<string, string>): Steps | undefined {
  const steps: Record<string, number> = {};
  for (const [metric, values] of Object.entries(BASE)) {
    const base = metrics.get(metric) ?? '';
    const modified = metrics.get(`M${metric}`) ?? 'X';
    steps[metric] = placeOf(modified === 'X' ? base : modified, values);
    if (base === 'S' || placeOf(base, values) < 0) return undefined;
  }
  for (const [metric, values] of Object.entries(OTHERS)) {
    const value = metrics.get(metric) ?? 'X';
    steps[metric] = value === 'X' ? 0 : placeOf(value, values);
  }
  return Object.values(steps).some((it) => it < 0) ? undefined : steps;
}

const placeOf = (value: string, values: string): number => (/^[A-Z]$/.test(value) ? values.indexOf(value) : -1);

/** The equivalence classes EQ1 to EQ6, each a level: 0 is the worst. */
type MacroVector = readonly [number, number, number, number, number, number];

/** "MacroVectors": tables 24 to 29. */
function setOf(steps: Steps): MacroVector {
  const worst = (...all: readonly string[]): readonly boolean[] => all.map((metric) => steps[metric] === 0);
  const level = (...conditions: readonly boolean[]): number => [...conditions, true].indexOf(true);
  const [av, pr, ui, ac, at] = worst('AV', 'PR', 'UI', 'AC', 'AT') as [boolean, boolean, boolean, boolean, boolean];
  const [vc, vi, va, si, sa] = worst('VC', 'VI', 'VA', 'SI', 'SA') as [boolean, boolean, boolean, boolean, boolean];
  const [cr, ir, ar] = worst('CR', 'IR', 'AR') as [boolean, boolean, boolean];
  return [
    level(av && pr && ui, (av || pr || ui) && steps['AV'] !== 3),
    level(ac && at),
    level(vc && vi, vc || vi || va),
    level(si || sa, [steps['SC'], steps['SI'], steps['SA']].includes(1)),
    steps['E']!,
    level((cr && vc) || (ir && vi) || (ar && va)),
  ];
}

/** A part of the set that falls by itself: EQ3 and EQ6 do together, because not all pairs of theirs exist. */
interface Part {
  readonly levels: readonly number[];
  /** The metrics that its highest vectors name, one letter of each, by level. */
  readonly metrics: readonly string[];
  readonly highest: Readonly<Record<string, readonly string[]>>;
  /** The steps that a level has below its highest vectors, and one. */
  readonly depth: Readonly<Record<string, number>>;
}

const PARTS: readonly Part[] = [
  {
    levels: [0],
    metrics: ['AV', 'PR', 'UI'],
    highest: { 0: ['NNN'], 1: ['ANN', 'NLN', 'NNP'], 2: ['PNN', 'ALP'] },
    depth: { 0: 1, 1: 4, 2: 5 },
  },
  { levels: [1], metrics: ['AC', 'AT'], highest: { 0: ['LN'], 1: ['HN', 'LP'] }, depth: { 0: 1, 1: 2 } },
  {
    levels: [2, 5],
    metrics: ['VC', 'VI', 'VA', 'CR', 'IR', 'AR'],
    highest: {
      '00': ['HHHHHH'],
      '01': ['HHLMMH', 'HHHMMM'],
      '10': ['LHHHHH', 'HLHHHH'],
      '11': ['LHLHMH', 'LHHHMM', 'HLHMHM', 'HLLMHH', 'LLHHHM'],
      '21': ['LLLHHH'],
    },
    depth: { '00': 7, '01': 6, '10': 8, '11': 8, '21': 10 },
  },
  { levels: [3], metrics: ['SC', 'SI', 'SA'], highest: { 0: ['HSS'], 1: ['HHH'], 2: ['LLL'] }, depth: { 0: 6, 1: 5, 2: 4 } },
  { levels: [4], metrics: ['E'], highest: { 0: ['A'], 1: ['P'], 2: ['U'] }, depth: { 0: 1, 1: 1, 2: 1 } },
];

/** The highest score of the sets that are one level lower in a part. */
function lowerOf(set: MacroVector, { levels }: Part): number | undefined {
  const scores = levels.flatMap((level) => CVSS4_SCORES.get(set.map((it, index) => (index === level ? it + 1 : it)).join('')) ?? []);
  return scores.length === 0 ? undefined : Math.max(...scores);
}

/** How much of a part's way down a vector has gone from the first highest one that is in nothing below it. */
function shareOf(steps: Steps, set: MacroVector, { levels, metrics, highest, depth }: Part): number {
  const key = levels.map((level) => set[level]).join('');
  for (const letters of highest[key] ?? []) {
    const away = metrics.map(
      (metric, index) => steps[metric]! - { ...BASE, ...OTHERS }[metric as keyof typeof BASE].indexOf(letters[index]!),
    );
    if (away.every((it) => it >= 0)) return away.reduce((sum, it) => sum + it, 0) / depth[key]!;
  }
  return 0;
}
