import { expect, test } from 'vitest';
import { merged } from '../advisories.ts';
import { JINJA, LEAGUE, MINIMIST, PYSEC } from '../documents.testing.ts';
import { debian, npmPackage, python } from '../packages.testing.ts';
import { comparing } from '../versions/index.ts';
import { parseDocument, verdictOf, type OsvDocument } from './document.ts';

const told = (document: OsvDocument, one: Parameters<typeof verdictOf>[1]): unknown => verdictOf(document, one, 'osv');
const affected = (...ranges: NonNullable<NonNullable<OsvDocument['affected']>[number]['ranges']>): OsvDocument => ({
  id: 'X-1',
  affected: [{ package: { ecosystem: 'PyPI', name: 'a' }, ranges }],
});

test('a real document concerns what is before the fix, by the name as PyPI has it, and nothing from there on', () => {
  expect(told(JINJA, python('jinja2', '2.11.2'))).toEqual({
    told: {
      id: 'GHSA-g3rq-g295-4j3m',
      aliases: ['CVE-2020-28493'],
      severity: 'medium',
      score: 5.3,
      fixed: '2.11.3',
      summary: JINJA.summary,
      sources: ['osv'],
    },
  });
  for (const version of ['2.11.3', '2.11.3.post1', '3.0a1']) expect(told(JINJA, python('Jinja2', version))).toBe('unaffected');
  expect(told(JINJA, python('Jinja2', '2.11.3rc1'))).toHaveProperty('told'); // before the fix, by PEP 440
});

test('of several ranges the fix is that of the range which the version is in', () => {
  expect(told(MINIMIST, npmPackage('minimist', '0.2.1'))).toMatchObject({ told: { fixed: '0.2.4', severity: 'critical', score: 9.8 } });
  expect(told(MINIMIST, npmPackage('minimist', '1.2.5'))).toMatchObject({ told: { fixed: '1.2.6' } });
  expect(told(MINIMIST, npmPackage('minimist', '0.2.4'))).toBe('unaffected');
});

test('Debian is asked about the source package, release by release; without a fix there is none', () => {
  const binary = (release: string, version: string) => debian('league', version, { name: 'php-league-commonmark', version }, release);
  expect(told(LEAGUE, binary('12', '2.3.9-1'))).toEqual({
    told: { id: LEAGUE.id, aliases: [], upstream: ['CVE-2024-58382'], severity: 'high', score: 8.7, sources: ['osv'] },
  });
  expect([told(LEAGUE, binary('13', '2.6.0-1')), told(LEAGUE, binary('11', '1'))]).toEqual(['unaffected', 'unaffected']);
  expect(told(LEAGUE, binary('13', '2.6.0~rc1-1'))).toHaveProperty('told.fixed', '2.6.0-1');
});

test('of several vectors the newest version counts, in whatever order they come', () => {
  const severity = [
    { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
    { type: 'CVSS_V4', score: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N' },
    { type: 'Ubuntu', score: 'low' },
  ];
  const document = affected({ type: 'ECOSYSTEM', events: [{ introduced: '0' }] });
  for (const order of [severity, severity.toReversed()])
    expect(told({ ...document, severity: order }, python('a', '1'))).toHaveProperty('told.score', 8.7);
});

test('what cannot be read of a document is said, and is no “unaffected”', () => {
  const of = (range: object) => told({ ...affected(range as never) }, python('a', '1'));
  for (const range of [
    { type: 'PERIODS', events: [{ introduced: '0' }] },
    { type: 'ECOSYSTEM' },
    { type: 'ECOSYSTEM', events: [{ fixed: '2' }] },
  ])
    expect(of(range)).toHaveProperty('cannotTell');
});

test('a document of a whole distribution is about each of its releases', () => {
  const document: OsvDocument = {
    id: 'X-1',
    affected: [{ package: { ecosystem: 'Debian', name: 'a' }, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }] }],
  };
  expect(told(document, debian('a', '1'))).toHaveProperty('told');
  expect(told(document, python('a', '1'))).toBe('unaffected');
});

test('null is what is not there, and other shapes are no documents', () => {
  const entry = { package: { ecosystem: 'PyPI', name: 'a' }, versions: null, severity: null };
  const parsed = parseDocument(
    JSON.stringify({
      id: 'X-1',
      withdrawn: null,
      aliases: null,
      affected: [{ ...entry, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0', fixed: null }] }] }],
    }),
  );
  expect(parsed && told(parsed, python('a', '1'))).toHaveProperty('told');
  for (const wrong of [
    { affected: [null] },
    { affected: [{ versions: '1' }] },
    { aliases: 'x' },
    { affected: [{ ranges: [{ events: [] }] }] },
  ])
    expect(parseDocument(JSON.stringify({ id: 'X-1', ...wrong }))).toBeUndefined();
});

test.each<[string, OsvDocument, string, boolean]>([
  ['last_affected is the last', affected({ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { last_affected: '1.4' }] }), '1.4', true],
  ['and what follows is free', affected({ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { last_affected: '1.4' }] }), '1.4.1', false],
  [
    'events in any order',
    affected({ type: 'ECOSYSTEM', events: [{ fixed: '3' }, { introduced: '2' }, { fixed: '1.5' }, { introduced: '1' }] }),
    '2.9',
    true,
  ],
  [
    'between two ranges',
    affected({ type: 'ECOSYSTEM', events: [{ introduced: '1' }, { fixed: '1.5' }, { introduced: '2' }, { fixed: '3' }] }),
    '1.7',
    false,
  ],
  ['a limit ends it', affected({ type: 'ECOSYSTEM', events: [{ introduced: '1' }, { limit: '2' }] }), '2', false],
  [
    'SEMVER in its own order',
    affected({ type: 'SEMVER', events: [{ introduced: '1.0.0-alpha' }, { fixed: '1.0.0' }] }),
    '1.0.0-rc.1',
    true,
  ],
  [
    'reintroduced where it was fixed',
    affected({ type: 'ECOSYSTEM', events: [{ introduced: '1' }, { fixed: '2' }, { introduced: '2' }] }),
    '2.1',
    true,
  ],
  [
    'a version of the list, written otherwise',
    { id: 'X', affected: [{ package: { ecosystem: 'PyPI', name: 'a' }, versions: ['1.0'] }] },
    '1.0.0',
    true,
  ],
  ['withdrawn', { ...affected({ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }), withdrawn: '2024-01-01T00:00:00Z' }, '1', false],
])('%s', (_, document, version, isAffected) => {
  expect(typeof told(document, python('a', version)) === 'object').toBe(isAffected);
});

test('what cannot be told is no “unaffected”', () => {
  const unreadable = affected({ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2' }] });
  expect(told(unreadable, python('a', 'not-a-version'))).toHaveProperty('cannotTell');
  expect(told(affected({ type: 'GIT', events: [{ introduced: '0' }] }), python('a', '1'))).toHaveProperty('cannotTell');
  // A list beside commits is an answer.
  const listed: OsvDocument = {
    id: 'X',
    affected: [{ package: { ecosystem: 'PyPI', name: 'a' }, versions: ['1'], ranges: [{ type: 'GIT' }] }],
  };
  expect(told(listed, python('a', '2'))).toBe('unaffected');
});

test('GHSA, PYSEC and CVE of one thing are one, with the rating of whom rated it', () => {
  const one = python('jinja2', '2.11.2');
  const all = [PYSEC, JINJA].map((document) => (told(document, one) as { told: Parameters<typeof merged>[0][number] }).told);
  expect(merged(all, comparing.python)).toEqual([
    {
      id: 'CVE-2020-28493',
      aliases: ['GHSA-g3rq-g295-4j3m', 'PYSEC-2021-66', 'SNYK-PYTHON-JINJA2-1012994'],
      severity: 'medium',
      score: 5.3,
      fixed: '2.11.3',
      summary: JINJA.summary,
      sources: ['osv'],
    },
  ]);
});

test('a bulletin makes no two vulnerabilities one, and is not counted beside them', () => {
  const source = { aliases: [], sources: ['osv'] } as const;
  const bulletin = { ...source, id: 'DSA-1', upstream: ['CVE-1-1', 'CVE-1-2'] };
  const ones = [1, 2].map((n) => ({ ...source, id: `DEBIAN-CVE-1-${n}`, upstream: [`CVE-1-${n}`] }));
  expect(merged([bulletin, ...ones], comparing.debian).map(({ id }) => id)).toEqual(['CVE-1-1', 'CVE-1-2']);
  expect(merged([bulletin, ones[0]!], comparing.debian).map(({ id }) => id)).toEqual(['CVE-1-1', 'DSA-1']);
});

test('what is no document is none', () => {
  expect(['', '[]', 'null', '{"id":1}', '{"id":"A","affected":{}}'].map(parseDocument)).toEqual(Array(5).fill(undefined));
});
