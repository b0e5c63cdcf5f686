import type { OsvDocument } from './osv/document.ts';

// Real documents, shortened to what is read: of PyPA's Advisory Database and the GitHub Advisory Database, both CC-BY 4.0.
export const PYSEC: OsvDocument = {
  id: 'PYSEC-2021-66',
  modified: '2021-03-22T16:34:00Z',
  aliases: ['CVE-2020-28493', 'SNYK-PYTHON-JINJA2-1012994'],
  affected: [
    {
      package: { ecosystem: 'PyPI', name: 'jinja2' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.11.3' }] }],
      versions: ['2.10.3', '2.11.0', '2.11.1', '2.11.2'],
    },
  ],
};

export const JINJA: OsvDocument = {
  id: 'GHSA-g3rq-g295-4j3m',
  modified: '2022-04-18T21:58:03Z',
  aliases: ['CVE-2020-28493'],
  summary: 'Regular Expression Denial of Service (ReDoS) in Jinja2',
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L' }],
  affected: [
    { package: { ecosystem: 'PyPI', name: 'Jinja2' }, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.11.3' }] }] },
  ],
  database_specific: { severity: 'MODERATE' },
};

export const MINIMIST: OsvDocument = {
  id: 'GHSA-xvch-5gv4-984h',
  modified: '2023-02-27T14:47:14Z',
  aliases: ['CVE-2021-44906'],
  summary: 'Prototype Pollution in minimist',
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  affected: [
    {
      package: { ecosystem: 'npm', name: 'minimist' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '1.0.0' }, { fixed: '1.2.6' }] }],
    },
    { package: { ecosystem: 'npm', name: 'minimist' }, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '0.2.4' }] }] },
  ],
  database_specific: { severity: 'CRITICAL' },
};

// As OSV makes them of Debian's security tracker.
export const LEAGUE: OsvDocument = {
  id: 'DEBIAN-CVE-2024-58382',
  modified: '2026-09-12T11:00:05.986201214Z',
  upstream: ['CVE-2024-58382'],
  severity: [{ type: 'CVSS_V4', score: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N' }],
  affected: [
    {
      package: { ecosystem: 'Debian:12', name: 'php-league-commonmark' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }],
      versions: ['2.3.9-1', '2.3.9-1+deb12u1'],
      ecosystem_specific: { urgency: 'not yet assigned' },
    },
    {
      package: { ecosystem: 'Debian:13', name: 'php-league-commonmark' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.6.0-1' }] }],
    },
  ],
};
