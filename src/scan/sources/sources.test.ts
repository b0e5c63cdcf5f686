import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { EnvironmentError } from '../../base/index.ts';
import { JINJA, LEAGUE, MINIMIST, PYSEC } from '../documents.testing.ts';
import { debian, JOB, npmPackage, python, serve, type Double } from '../packages.testing.ts';
import { database } from '../osv/database.ts';
import type { Answer, ScannedPackage, Source } from '../types.ts';
import { debianSuites, fixedSince, type SuitePackage } from './debian-suites.ts';
import { debianTracker } from './debian-tracker.ts';
import { npm } from './npm.ts';
import { osv } from './osv.ts';
import { pypi } from './pypi.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-sources-'));
afterAll(() => rmSync(folder, { recursive: true }));
let double: Double | undefined;
afterEach(() => double?.close());
const started = async (answer: Parameters<typeof serve>[0]): Promise<string> => (double = await serve(answer)).url;
const asked = async (source: Source, ...packages: readonly ScannedPackage[]): Promise<readonly (Answer | undefined)[]> => {
  const got = await source.ask(packages, { ...JOB, withinMs: 1500 });
  return packages.map((one) => got.get(one));
};
const [OLD, NEW] = [python('Jinja2', '2.11.2'), python('requests', '2.33.0')];

describe('the index of pip', () => {
  // The shape of the JSON API; the content is PYSEC-2021-66.
  const answer = (path: string): unknown =>
    path.endsWith('/pypi/jinja2/2.11.2/json')
      ? {
          info: {},
          vulnerabilities: [
            {
              id: PYSEC.id,
              aliases: PYSEC.aliases,
              details: 'x\ny',
              fixed_in: ['2.11.3'],
              link: '',
              source: 'osv',
              summary: null,
              withdrawn: null,
            },
          ],
        }
      : { info: {}, vulnerabilities: [] };

  test('tells a planted old release, and is silent of a good one', async () => {
    const got = await asked(pypi(`${await started(answer)}/simple/`), OLD, NEW);
    expect(got).toEqual([
      {
        answered: true,
        told: [{ id: PYSEC.id, aliases: PYSEC.aliases, fixed: '2.11.3', summary: 'x', sources: ['pypi'] }],
        asOf: expect.any(String),
      },
      { answered: true, told: [], asOf: expect.any(String) },
    ]);
  });

  test.each<[string, unknown, string]>([
    ['a mirror without the JSON API', 404, 'answers HTTP 404'],
    ['one whose JSON leaves the field out', { info: {} }, 'has no such field'],
    ['one that answers with a page', '<html>', 'no JSON'],
    ['one that hangs', 'stall', 'did not answer in 1.5 s'],
    ['one whose field is no list', { vulnerabilities: {} }, 'has no such field'],
    ['one whose list has something else', { vulnerabilities: [null] }, 'not what it is known for'],
    ['one that answers about another package', { info: { name: 'other' }, vulnerabilities: [] }, 'another package or version'],
    ['one that answers about another version', { info: { version: '999' }, vulnerabilities: [] }, 'another package or version'],
  ])('%s: unknown, never nothing', async (_, said, why) => {
    const got = await asked(pypi(`${await started(() => said)}/simple`), OLD, NEW);
    for (const each of got) expect(each).toEqual({ answered: false, why: expect.stringContaining(why) });
  });

  test('nobody there is asked once, however many packages there are', async () => {
    const url = await started(() => ({}));
    await double?.close();
    const got = await asked(pypi(`${url}/simple`), OLD, NEW, python('a', '1'));
    expect(got).toEqual(Array.from({ length: 3 }, () => ({ answered: false, why: expect.stringContaining('ECONNREFUSED') })));
  });

  test('a login goes along as a header and is in no message', async () => {
    const url = (await started(() => 404)).replace('//', '//user:geheim@');
    const [got] = await asked(pypi(`${url}/simple`), OLD);
    expect(double?.headers[0]?.authorization).toBe(`Basic ${Buffer.from('user:geheim').toString('base64')}`);
    expect(JSON.stringify(got)).not.toContain('geheim');
  });
});

describe('the registry of npm', () => {
  const BULK = {
    minimist: [
      {
        id: 1096466,
        url: `https://github.com/advisories/${MINIMIST.id}`,
        title: MINIMIST.summary,
        severity: 'critical',
        vulnerable_versions: '>=1.0.0 <1.2.6',
        cwe: ['CWE-1321'],
        cvss: { score: 9.8, vectorString: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
      },
    ],
  };
  test('tells a planted old version by one request, and not the good one of the same name', async () => {
    const url = await started((path) => (path === '/-/npm/v1/security/advisories/bulk' ? BULK : 404));
    const got = await asked(npm(`${url}/`), npmPackage('minimist', '1.2.5'), npmPackage('minimist', '1.2.8'), npmPackage('ms', '2.1.3'));
    expect(got.map((it) => it?.answered === true && it.told)).toEqual([
      [{ id: MINIMIST.id, aliases: [], severity: 'critical', score: 9.8, fixed: '1.2.6', summary: MINIMIST.summary, sources: ['npm'] }],
      [],
      [],
    ]);
    expect(double?.asked).toEqual(['POST /-/npm/v1/security/advisories/bulk']);
  });

  test.each<[string, unknown]>([
    ['an error', 404],
    ['a list', []],
    ['null', 'null'],
    ['a message', { error: 'not found' }],
    ['a list of messages', { errors: [{ status: 404 }] }],
    ['something else in the list', { ms: [null] }],
    ['something else than a list', { ms: {} }],
  ])('%s is no answer', async (_, said) => {
    expect(await asked(npm(await started(() => said)), npmPackage('ms', '1.0.0'))).toEqual([{ answered: false, why: expect.any(String) }]);
  });

  test('a package whose name every object has is one like others', async () => {
    const [got] = await asked(npm(await started(() => ({}))), npmPackage('constructor', '1.0.0'));
    expect(got).toMatchObject({ answered: true, told: [] });
  });

  test('versions that cannot be compared are told as such', async () => {
    const url = await started(() => ({ a: [{ id: 7, vulnerable_versions: '^1.x' }] }));
    expect(await asked(npm(url), npmPackage('a', '1.0.0'))).toMatchObject([{ told: [], unsure: ['npm:7 is of ^1.x'] }]);
  });
});

describe('OSV', () => {
  const documents = [PYSEC, JINJA, MINIMIST, LEAGUE];
  const service = (path: string, body: unknown): unknown => {
    if (path !== '/v1/querybatch') return documents.find(({ id }) => path === `/v1/vulns/${id}`) ?? 404;
    const { queries } = body as { queries: { package: { name: string }; page_token?: string }[] };
    // The second page of Jinja's has PYSEC alone.
    const results = queries.map(({ package: { name }, page_token: token }) => {
      if (name !== 'Jinja2') return {};
      return token === undefined
        ? { vulns: [{ id: JINJA.id, modified: '' }], next_page_token: 'more' }
        : { vulns: [{ id: PYSEC.id, modified: '' }] };
    });
    return { results };
  };

  test('is asked by pages, and of each vulnerability for its document', async () => {
    const got = await asked(osv(await started(service)), OLD, NEW);
    expect(got.map((it) => it?.answered === true && it.told.map(({ id }) => id))).toEqual([[JINJA.id, PYSEC.id], []]);
    expect(double?.asked.filter((it) => it.startsWith('POST'))).toHaveLength(2);
  });

  test('null is no vulnerability, and a document of another shape is one without its details', async () => {
    const results = [{ vulns: null, next_page_token: null }, { vulns: [{ id: 'X-1' }] }];
    const url = await started((path) => (path === '/v1/querybatch' ? { results } : { id: 'X-1', affected: [null], aliases: 'x' }));
    expect(await asked(osv(url), NEW, OLD)).toMatchObject([{ told: [] }, { told: [{ id: 'X-1', aliases: [] }] }]);
  });

  test('a document that cannot be had is a vulnerability all the same', async () => {
    const url = await started((path, body) => (path === '/v1/querybatch' ? service(path, body) : 500));
    expect(await asked(osv(url), OLD)).toMatchObject([
      {
        told: [
          { id: JINJA.id, aliases: [] },
          { id: PYSEC.id, aliases: [] },
        ],
      },
    ]);
  });

  test.each<[string, unknown]>([
    ['an error', 500],
    ['fewer results than questions', { results: [] }],
    ['something else', { vulns: [] }],
    ['results of another shape', { results: [{ vulns: 'none' }, { vulns: [{}] }] }],
  ])('%s is no answer', async (_, said) => {
    const got = await asked(osv(await started(() => said)), OLD, NEW);
    expect(got).toEqual(Array.from({ length: 2 }, () => ({ answered: false, why: expect.any(String) })));
  });
});

describe('a database on this disk', () => {
  const archive = join(folder, 'all.zip');
  writeFileSync(
    archive,
    zipSync(Object.fromEntries([PYSEC, JINJA].map((it) => [`${it.id}.json`, new TextEncoder().encode(JSON.stringify(it, null, 1))]))),
  );

  test('tells the planted package, has a date, and does not answer for what it has nothing of', async () => {
    const [old, good, node, system] = await asked(database(archive), OLD, NEW, npmPackage('ms', '1.0.0'), debian('libc6', '2.36-9'));
    expect(old).toMatchObject({ answered: true, told: [{ id: PYSEC.id }, { id: JINJA.id }], asOf: JINJA.modified });
    expect(good).toMatchObject({ answered: true, told: [] });
    expect(node).toEqual({ answered: false, why: 'the database has no document of npm' });
    expect(system).toEqual({ answered: false, why: 'the database has no document of Debian:12' });
  });

  test('a name is found however JSON writes it', async () => {
    const written = mkdtempSync(join(folder, 'written-'));
    writeFileSync(join(written, 'a.json'), JSON.stringify(MINIMIST).replaceAll('"minimist"', String.raw`"mini\u006dist"`));
    expect(await asked(database(written), npmPackage('minimist', '1.2.5'))).toMatchObject([{ told: [{ id: MINIMIST.id }] }]);
  });

  test('a document that is cut off is an error, whomever it is about', async () => {
    const cut = mkdtempSync(join(folder, 'cut-'));
    writeFileSync(join(cut, 'a.json'), JSON.stringify(MINIMIST));
    writeFileSync(join(cut, 'b.json'), JSON.stringify(JINJA).slice(0, 60));
    await expect(asked(database(cut), OLD)).rejects.toThrow('cut off');
  });

  test('a folder of documents and archives is one database', async () => {
    const mixed = mkdtempSync(join(folder, 'mixed-'));
    writeFileSync(join(mixed, 'a.json'), JSON.stringify(MINIMIST));
    writeFileSync(join(mixed, 'b.zip'), zipSync({ 'x.json': new TextEncoder().encode(JSON.stringify(JINJA)) }));
    const got = await asked(database(mixed), OLD, npmPackage('minimist', '1.2.5'));
    expect(got).toMatchObject([{ told: [{ id: JINJA.id }] }, { told: [{ id: MINIMIST.id }] }]);
  });

  test.each<[string, () => Uint8Array]>([
    ['cut off', () => zipSync({ 'x.json': new TextEncoder().encode(JSON.stringify(JINJA)) }).subarray(0, 90)],
    ['empty', () => zipSync({})],
    ['of other things', () => zipSync({ 'x.json': new TextEncoder().encode('{}') })],
    [
      'damaged',
      () => zipSync({ 'x.json': new TextEncoder().encode(JSON.stringify(JINJA)) }).map((byte, i) => (i > 40 && i < 90 ? byte ^ 255 : byte)),
    ],
  ])('an archive that is %s is an error, never an empty answer', async (name, bytes) => {
    const file = join(folder, `${name}.zip`);
    writeFileSync(file, bytes());
    await expect(asked(database(file), OLD)).rejects.toThrow(/zip archive|no OSV documents/);
  });
});

describe('Debian’s suites', () => {
  const CHANGELOG = `openssl (3.0.17-1~deb12u2) bookworm-security; urgency=medium

  * CVE-2025-9230 (Fix out-of-bounds read & write).

 -- A <a@example.org>  Sat, 27 Sep 2025 20:02:26 +0200

openssl (3.0.11-1~deb12u2) bookworm-security; urgency=medium

  * CVE-2023-5363 (Incorrect cipher key and IV length processing).

 -- A <a@example.org>  Mon, 23 Oct 2023 19:52:07 +0200

openssl (3.0.9-1) unstable; urgency=medium

  * CVE-2023-1255 (Input buffer over-read in AES-XTS).
`;
  const SUITE: readonly SuitePackage[] = [
    { name: 'libssl3', version: '3.0.17-1~deb12u2', sizeBytes: 2000 },
    { name: 'openssl', version: '3.0.17-1~deb12u2', sizeBytes: 1000 },
  ];
  const suite = (fetched: string[] = []) =>
    debianSuites(async (release) => ({
      suite: `${release}-security`,
      asOf: '2026-11-30T00:00:00.000Z',
      named: (name) => SUITE.filter((it) => it.name === name),
      knows: (name) => name !== 'elsewhere',
      changelog: async (one) => {
        fetched.push(one.name);
        return one.name === 'openssl' ? CHANGELOG : undefined;
      },
    }));
  const built = (name: string, version: string): ScannedPackage => debian(name, version, { name: 'openssl', version });

  test('an older version lacks what the changelog names since, each with the version that fixed it; one changelog for one source', async () => {
    const fetched: string[] = [];
    const got = await asked(suite(fetched), built('libssl3', '3.0.9-1'), built('openssl', '3.0.9-1'), debian('libc6', '2.36-9'));
    const told = [
      { id: 'CVE-2025-9230', aliases: [], fixed: '3.0.17-1~deb12u2', sources: ['debian-suites'] },
      { id: 'CVE-2023-5363', aliases: [], fixed: '3.0.11-1~deb12u2', sources: ['debian-suites'] },
    ];
    expect(got).toEqual([told, told, []].map((it) => ({ answered: true, told: it, asOf: '2026-11-30T00:00:00.000Z' })));
    expect(fetched).toEqual(['openssl']);
  });

  test('the version of the update and a newer one lack nothing', async () => {
    const got = await asked(suite(), built('libssl3', '3.0.17-1~deb12u2'), built('openssl', '3.5.0-1'));
    expect(got.map((it) => it?.answered === true && it.told)).toEqual([[], []]);
  });

  test('an update whose package cannot be fetched is told all the same', async () => {
    const lost = debianSuites(async () => ({
      suite: 'bookworm-security',
      asOf: '',
      named: () => SUITE.slice(1),
      knows: () => true,
      changelog: () => Promise.reject(new EnvironmentError('gone', 'x')),
    }));
    expect(await asked(lost, built('openssl', '3.0.9-1'))).toMatchObject([
      { told: [{ id: 'bookworm-security:openssl:3.0.17-1~deb12u2' }] },
    ]);
  });

  test('a package that the release does not have is unknown, not without updates', async () => {
    expect(await asked(suite(), debian('elsewhere', '1'))).toEqual([
      { answered: false, why: expect.stringContaining('Debian bookworm has no package of that name') },
    ]);
  });

  test('an update without a number is told as one', async () => {
    const [got] = await asked(suite(), built('libssl3', '3.0.9-1'));
    expect(got).toMatchObject({ told: [{ id: 'bookworm-security:openssl:3.0.17-1~deb12u2', fixed: '3.0.17-1~deb12u2' }] });
  });

  test('what cannot be reached is unknown; what is not Debian is not asked about', async () => {
    const broken = debianSuites(() => Promise.reject(new EnvironmentError('no mirror answers', 'try again')));
    expect(await asked(broken, built('openssl', '3'))).toEqual([{ answered: false, why: 'no mirror answers' }]);
    const ubuntu: ScannedPackage = { ...built('openssl', '3'), distribution: { id: 'ubuntu', version: '24.04', codename: 'noble' } };
    expect([broken.concerns(ubuntu), broken.concerns(python('a', '1')), broken.concerns(built('openssl', '3'))]).toEqual([
      false,
      false,
      true,
    ]);
  });

  test('entries after the installed version count, and that one not', () =>
    expect([...fixedSince(CHANGELOG, '3.0.11-1~deb12u2').keys()]).toEqual(['CVE-2025-9230']));
});

describe('Debian’s tracker', () => {
  const TRACKER = {
    openssl: {
      'CVE-2023-5363': {
        description: 'IV',
        scope: 'local',
        releases: {
          bookworm: { status: 'resolved', repositories: {}, fixed_version: '3.0.11-1~deb12u2', urgency: 'not yet assigned' },
          trixie: { status: 'resolved', fixed_version: '3.0.12-1' },
        },
      },
      'CVE-2025-27587': { releases: { bookworm: { status: 'open', urgency: 'unimportant' } } },
      'CVE-2010-0928': { releases: { bookworm: { status: 'resolved', fixed_version: '0', urgency: 'unimportant' } } },
    },
    zlib: { 'CVE-2026-1': { releases: { bookworm: { status: 'undetermined' } } } },
  };
  const file = join(folder, 'tracker.json');
  writeFileSync(file, JSON.stringify(TRACKER));
  const old = debian('libssl3', '3.0.9-1', { name: 'openssl', version: '3.0.9-1' });

  test('tells what is fixed and what nobody has fixed, by the source package', async () => {
    for (const where of [file, await started(() => TRACKER)]) {
      const [got, fixed, unsure] = await asked(debianTracker(where), old, debian('openssl', '3.0.11-1~deb12u2'), debian('zlib', '1'));
      expect(got).toMatchObject({
        told: [
          { id: 'CVE-2023-5363', fixed: '3.0.11-1~deb12u2', summary: 'IV' },
          { id: 'CVE-2025-27587', severity: 'low' },
        ],
      });
      expect(fixed).toMatchObject({ told: [{ id: 'CVE-2025-27587' }] });
      expect(unsure).toMatchObject({ told: [], unsure: ['nobody has looked yet whether CVE-2026-1 concerns zlib'] });
    }
  });

  test.each<[string, unknown]>([
    ['nothing', {}],
    ['an error', 503],
    ['another document', { openssl: [] }],
    ['one with something else in it', { ...TRACKER, zlib: { 'CVE-1': null } }],
  ])('%s is no answer', async (_, said) => {
    expect(await asked(debianTracker(await started(() => said)), old)).toEqual([{ answered: false, why: expect.any(String) }]);
  });

  test('a release that it does not have is no clear one', async () => {
    const [got] = await asked(debianTracker(file), { ...old, distribution: { id: 'debian', version: '9', codename: 'stretch' } });
    expect(got).toEqual({ answered: false, why: 'Debian’s tracker has no release stretch' });
  });
});

test('an archive that hangs is unknown when its time is over', async () => {
  const hanging = debianSuites(
    (_, __, { signal }) => new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error))),
  );
  const got = await hanging.ask([debian('libc6', '1')], { ...JOB, withinMs: 20 });
  expect([...got.values()]).toEqual([{ answered: false, why: 'Debian’s archive did not answer in 0.16 s' }]);
});
