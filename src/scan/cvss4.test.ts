import { Cvss4P0 } from 'ae-cvss-calculator';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scoreOf4 } from './cvss4.ts';

const metricsOf = (vector: string): ReadonlyMap<string, string> =>
  new Map(vector.split('/').map((it) => it.split(':') as [string, string]));

const BASE: Readonly<Record<string, string>> = {
  AV: 'NALP',
  AC: 'LH',
  AT: 'NP',
  PR: 'NLH',
  UI: 'NPA',
  VC: 'HLN',
  VI: 'HLN',
  VA: 'HLN',
  SC: 'HLN',
  SI: 'HLN',
  SA: 'HLN',
};
const OTHERS: Readonly<Record<string, string>> = {
  E: 'XAPU',
  CR: 'XHML',
  IR: 'XHML',
  AR: 'XHML',
  MAV: 'XNALP',
  MAC: 'XLH',
  MAT: 'XNP',
  MPR: 'XNLH',
  MUI: 'XNPA',
  MVC: 'XHLN',
  MVI: 'XHLN',
  MVA: 'XHLN',
  MSC: 'XHLN',
  MSI: 'XSHLN',
  MSA: 'XSHLN',
};
const vectors = (metrics: Readonly<Record<string, string>>): fc.Arbitrary<string> =>
  fc
    .tuple(...Object.entries(metrics).map(([metric, values]) => fc.constantFrom(...values).map((value) => `${metric}:${value}`)))
    .map((all) => `CVSS:4.0/${all.join('/')}`);

test.each([
  ['its base metrics', BASE, 1000],
  ['all of its metrics', { ...BASE, ...OTHERS }, 300],
])('a vector has the score by %s that another program computes', (_, metrics, numRuns) => {
  fc.assert(
    fc.property(vectors(metrics), (vector) => {
      expect(scoreOf4(metricsOf(vector)), vector).toBe(new Cvss4P0(vector).calculateScores().overall);
    }),
    { numRuns },
  );
});

test('a vector that lacks a base metric, or has a value that is none, has no score', () => {
  const whole = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N';
  expect(scoreOf4(metricsOf(whole))).toBe(8.7);
  for (const metric of Object.keys(BASE))
    for (const other of ['', `/${metric}:`, `/${metric}:Q`, `/${metric}:constructor`, `/${metric}: `, `/${metric}:X`, `/${metric}:S`])
      expect(scoreOf4(metricsOf(whole.replace(new RegExp(`/${metric}:.`), other))), `${metric} ${other}`).toBeUndefined();
  for (const other of ['E:Q', 'CR:N', 'MAV:S', 'MSC:S']) expect(scoreOf4(metricsOf(`${whole}/${other}`)), other).toBeUndefined();
});
