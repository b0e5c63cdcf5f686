import { expect, test } from 'vitest';
import { judge, scan, type Policy, type ScannedPackage, type Source } from '../../scan/index.ts';
import { contractOf, plainImage } from '../python-image.test-support.ts';
import { subjectOf } from '../subject.ts';
import type { Outcome } from '../types.ts';
import { vulnerabilities } from './vulnerabilities.ts';

const NOW = Date.parse('2026-12-01');
const packages = ['glibc', 'openssl'].map((name): ScannedPackage => ({
  ecosystem: 'debian',
  name,
  version: '1',
  purl: `pkg:deb/debian/${name}@1`,
}));

/** What openssl is said to have; glibc has nothing, and the source answers or not. */
async function measured(severity: 'high' | 'low' | undefined, answers: boolean, more: Partial<Policy> = {}): Promise<Outcome> {
  const told = severity === undefined ? [] : [{ id: 'CVE-1-1', aliases: [], sources: ['osv'] as const, severity, fixed: '2' }];
  const source: Source = {
    id: 'osv',
    name: 'OSV',
    concerns: () => true,
    ask: async (all) =>
      new Map(
        all.map((one) => [
          one,
          one.name === 'openssl'
            ? { answered: true, told, asOf: '2026-11-30T00:00:00Z' }
            : answers
              ? { answered: true, told: [], asOf: '2026-11-30T00:00:00Z' }
              : { answered: false, why: 'OSV cannot be reached' },
        ]),
      ),
  };
  const found = await scan({ packages }, [source], { withinMs: 1, nowMs: NOW });
  const scanned = async () => ({ scan: found, judgement: judge(found, { failOn: 'medium', nowMs: NOW, ...more }) });
  return vulnerabilities.measure(subjectOf({ image: plainImage([]), contract: contractOf({}), budget: { uncompressedBytes: 1 }, scanned }));
}

test('it fails for what counts, and names package, rating and fix, whether others answered or not', async () => {
  for (const answers of [true, false])
    expect(await measured('high', answers)).toMatchObject({
      outcome: 'failed',
      why: 'known: CVE-1-1',
      measured: { value: 1, text: '1 vulnerability' },
      evidence: [{ what: 'CVE-1-1', text: 'openssl 1: high, fixed in 2' }, { what: 'OSV' }],
    });
});

test('without an answer for every package it is unproven, and never passed', async () => {
  for (const severity of [undefined, 'low'] as const)
    expect(await measured(severity, false)).toMatchObject({
      outcome: 'unproven',
      why: '1 of 2 packages are unknown: OSV cannot be reached',
    });
});

test('it passes where all answered; what does not count, and what was allowed to be unknown, is told', async () => {
  expect(await measured(undefined, true)).toEqual({
    outcome: 'passed',
    measured: { value: 0, unit: 'count', text: '0 vulnerabilities' },
    evidence: [
      { from: 'run', what: 'packages', text: '2 asked about' },
      { from: 'run', what: 'OSV', text: '2 of 2 packages answered, as of 2026-11-30' },
    ],
  });
  expect(await measured('low', true)).toMatchObject({ outcome: 'passed', why: '1 that do not count, by plimsoll.yaml or VEX' });
  expect(await measured(undefined, false, { allowUnknown: true })).toMatchObject({
    outcome: 'passed',
    why: '1 packages unknown, which was allowed',
  });
});

test('it is skipped where nobody asked: a proof needs no network', async () => {
  const subject = subjectOf({ image: plainImage([]), contract: contractOf({}), budget: { uncompressedBytes: 1 } });
  expect(await vulnerabilities.measure(subject)).toMatchObject({
    outcome: 'skipped',
    why: expect.stringContaining('--only vulnerabilities'),
  });
});
