import { expect, test } from 'vitest';
import { debian, JOB, python } from '../packages.testing.ts';
import { answersOf } from './tool.ts';
import { readGrype } from './grype.ts';
import { readTrivy } from './trivy.ts';

const [libssl, zlib, jinja] = [debian('libssl3', '3.0.9-1'), debian('zlib1g', '1:1.2.13.dfsg-1'), python('Jinja2', '2.11.2')];

// The shape of Trivy 0.5x with --list-all-pkgs; the values are Debian's and GitHub's.
const TRIVY = JSON.stringify({
  SchemaVersion: 2,
  CreatedAt: '2026-11-30T10:00:00Z',
  ArtifactName: 'image',
  Metadata: { OS: { Family: 'debian', Name: '12.1' } },
  Results: [
    {
      Target: 'image (debian 12.1)',
      Class: 'os-pkgs',
      Type: 'debian',
      Packages: [
        { Name: 'libssl3', Version: '3.0.9', Release: '1', Arch: 'amd64', SrcName: 'openssl' },
        { Name: 'zlib1g', Version: '1.2.13.dfsg', Release: '1', Epoch: 1 },
      ],
      Vulnerabilities: [
        {
          VulnerabilityID: 'CVE-2023-5363',
          VendorIDs: ['DSA-5532-1'],
          PkgName: 'libssl3',
          InstalledVersion: '3.0.9-1',
          FixedVersion: '3.0.11-1~deb12u2',
          Status: 'fixed',
          Severity: 'HIGH',
          Title: 'openssl: IV',
          CVSS: { nvd: { V2Score: 9, V3Vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N', V3Score: 7.5 }, ghsa: { V3Score: 5.9 } },
        },
        {
          VulnerabilityID: 'CVE-2023-45853',
          PkgName: 'zlib1g',
          InstalledVersion: '1:1.2.13.dfsg-1',
          Status: 'will_not_fix',
          Severity: 'CRITICAL',
        },
      ],
    },
  ],
});

test('Trivy’s report: what it found, and what it did not look at is unknown', () => {
  const got = answersOf(readTrivy(TRIVY), [libssl, zlib, jinja], 'trivy', JOB.nowMs);
  expect(got.get(libssl)).toEqual({
    answered: true,
    asOf: '2026-11-30T10:00:00Z',
    told: [
      {
        id: 'CVE-2023-5363',
        aliases: ['DSA-5532-1'],
        severity: 'high',
        score: 7.5,
        fixed: '3.0.11-1~deb12u2',
        summary: 'openssl: IV',
        sources: ['trivy'],
      },
    ],
  });
  expect(got.get(zlib)).toMatchObject({ told: [{ id: 'CVE-2023-45853', severity: 'critical' }] });
  expect(got.get(zlib)).not.toHaveProperty('told.0.fixed');
  expect(got.get(jinja)).toEqual({ answered: false, why: 'trivy did not look at it' });
});

// The shape of Grype 0.8x.
const GRYPE = JSON.stringify({
  matches: [
    {
      vulnerability: {
        id: 'GHSA-g3rq-g295-4j3m',
        severity: 'Medium',
        description: 'ReDoS',
        cvss: [
          { version: '4.0', vector: 'CVSS:4.0/…', metrics: { baseScore: 6.9 } },
          { version: '3.1', vector: 'CVSS:3.1/…', metrics: { baseScore: 7.3 } },
          { version: '4.0', vector: 'CVSS:4.0/…', metrics: { baseScore: 5.3 } },
        ],
        fix: { versions: ['2.11.3'], state: 'fixed' },
      },
      relatedVulnerabilities: [{ id: 'CVE-2020-28493' }],
      matchDetails: [{ type: 'exact-direct-match', matcher: 'python-matcher' }],
      artifact: { name: 'jinja2', version: '2.11.2', type: 'python' },
    },
  ],
  source: { type: 'image' },
  distro: { name: 'debian', version: '12' },
  descriptor: { name: 'grype', version: '0.80.0', db: { built: '2026-11-29T01:00:00Z' } },
});

test('Grype’s report, with the date of its database', () => {
  const got = answersOf(readGrype(GRYPE), [libssl, jinja], 'grype', JOB.nowMs);
  expect(got.get(jinja)).toEqual({
    answered: true,
    asOf: '2026-11-29T01:00:00Z',
    told: [
      {
        id: 'GHSA-g3rq-g295-4j3m',
        aliases: ['CVE-2020-28493'],
        severity: 'medium',
        score: 6.9,
        fixed: '2.11.3',
        summary: 'ReDoS',
        sources: ['grype'],
      },
    ],
  });
  expect(got.get(libssl)).toMatchObject({ answered: true, told: [] });
});

test.each(['', 'null', '{}', '[]', '{"matches":[]}', '{"SchemaVersion":1}'])('%j is no report of either, and no answer', (text) => {
  expect([readTrivy(text), readGrype(text)]).toEqual([undefined, undefined]);
  expect([...answersOf(undefined, [jinja], 'grype', 0).values()]).toEqual([{ answered: false, why: expect.stringContaining('grype') }]);
});
