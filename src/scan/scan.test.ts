import { expect, test } from 'vitest';
import { judge, totalsOf, type Policy } from './judge.ts';
import { debian, JOB, npmPackage, python } from './packages.testing.ts';
import { directNames, scan } from './scan.ts';
import { silence, type Advisory, type Answer, type ScannedPackage, type Source } from './types.ts';
import { readVex } from './vex/read.ts';
import { writeVex } from './vex/write.ts';

const flaw = (id: string, more: Partial<Advisory> = {}): Advisory => ({ id, aliases: [], sources: ['osv'], ...more });
const says = (...told: readonly Advisory[]): Answer => ({ answered: true, told, asOf: '2026-11-30T00:00:00Z' });
const source = (ecosystem: string, answers: Readonly<Record<string, Answer>>, id: Source['id'] = 'osv'): Source => ({
  id,
  name: id,
  concerns: (one) => one.ecosystem === ecosystem,
  ask: async (packages) => new Map(packages.flatMap((one) => (answers[one.name] ? [[one, answers[one.name]!]] : []))),
});
const policy = (more: Partial<Policy> = {}): Policy => ({ failOn: 'any', nowMs: JOB.nowMs, ...more });
const JINJA = python('Jinja2', '2.11.2');
const high = flaw('CVE-1-1', { aliases: ['GHSA-a'], severity: 'high', fixed: '3' });
const found = (advisories: readonly Advisory[], one: ScannedPackage = JINJA) =>
  scan({ packages: [one] }, [source(one.ecosystem, { [one.name]: says(...advisories) })], JOB);

test('a package is clear only where everybody who was asked answered', async () => {
  const packages = ['clear', 'silent', 'half', 'bad'].map((name) => python(name, '1'));
  const first = source('python', { clear: says(), silent: silence('away'), half: says(), bad: says(high) });
  const second = source('python', { clear: says(), silent: says(), bad: silence('away') }, 'pypi');
  const { packages: got } = await scan({ packages: [...packages, npmPackage('nobody', '1.0.0')] }, [first, second], JOB);
  expect(got.map(({ status, unanswered }) => [status, unanswered])).toEqual([
    ['clear', []],
    ['unknown', [{ source: 'osv', why: 'away' }]],
    ['unknown', [{ source: 'pypi', why: 'pypi did not answer' }]],
    ['vulnerable', [{ source: 'pypi', why: 'away' }]],
    ['unknown', [{ why: 'no source is known for packages of npm' }]],
  ]);
});

test('what a source has and cannot say is no “clear”', async () => {
  const unsure: Answer = { answered: true, told: [], asOf: '', unsure: ['X-1 cannot be compared'] };
  const { packages } = await scan({ packages: [JINJA] }, [source('python', { Jinja2: unsure })], JOB);
  expect(packages[0]).toMatchObject({ status: 'unknown', unanswered: [{ why: 'X-1 cannot be compared' }] });
});

test('the verdict: what counts, else what is unknown, else clear', async () => {
  const silent = await scan({ packages: [JINJA] }, [source('python', { Jinja2: silence('away') })], JOB);
  const clear = await found([]);
  const verdicts = [
    judge(await found([high]), policy()),
    judge(silent, policy()),
    judge(silent, policy({ allowUnknown: true })),
    judge(clear, policy()),
    judge({ ...clear, unread: [{ path: 'x', why: 'broken' }] }, policy()),
    judge({ ...clear, packages: [] }, policy()),
  ];
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(['vulnerable', 'unknown', 'clear', 'clear', 'unknown', 'unknown']);
});

test.each([
  ['critical', [false, false, true]],
  ['high', [true, false, true]],
  ['medium', [true, false, true]],
  ['low', [true, true, true]],
  ['any', [true, true, true]],
] as const)('at the threshold %s: high, low, and what nobody rated, which may be anything', async (failOn, counts) => {
  const scanned = await found([high, flaw('CVE-1-2', { severity: 'low' }), flaw('CVE-1-3')]);
  expect(judge(scanned, policy({ failOn })).findings.map((it) => it.counts)).toEqual(counts);
});

test('what nobody has fixed does not count where that is the policy', async () => {
  const scanned = await found([high, flaw('CVE-1-2', { severity: 'critical' })]);
  const { findings } = judge(scanned, policy({ ignoreUnfixed: true }));
  expect(findings.map(({ advisory, counts }) => [advisory.id, counts])).toEqual([
    ['CVE-1-2', false],
    ['CVE-1-1', true],
  ]);
});

test('an ignored one counts again when its day is over, and an entry for nothing is named', async () => {
  const entry = { id: 'ghsa-A', reason: 'not reached', until: '2026-12-01' };
  const other = { id: 'CVE-1-1', package: 'flask', reason: 'x', until: '2099-01-01' };
  const scanned = await found([high]);
  const today = judge(scanned, policy({ ignore: [entry, other] }));
  expect([today.verdict, today.unused]).toEqual(['clear', [other]]);
  expect(today.findings[0]?.because).toBe('ignored until 2026-12-01: not reached');
  const later = judge(scanned, policy({ ignore: [entry], nowMs: Date.parse('2026-12-03') }));
  expect([later.verdict, later.findings[0]?.because]).toEqual([
    'vulnerable',
    'was ignored until 2026-12-01 (not reached), and counts again',
  ]);
});

test('the way to a package leads from what the repository asks for, else from what nothing requires', async () => {
  const packages = [python('app', '1', ['Flask']), python('Flask', '1', ['jinja2']), python('tool', '1', ['flask']), JINJA];
  const ask = async (direct?: readonly string[]) =>
    (
      await scan(
        { packages, ...(direct ? { direct: directNames('python', direct) } : {}) },
        [source('python', { Jinja2: says(high) })],
        JOB,
      )
    ).packages[3]?.through;
  expect([await ask(), await ask(['flask']), await ask(['jinja2', 'flask'])]).toEqual([['app', 'tool'], ['Flask'], []]);
});

test('one vulnerability in several packages is one, and all packages are counted', async () => {
  const packages = ['libssl3', 'openssl', 'zlib1g', 'tzdata'].map((name) => debian(name, '1'));
  const answers = { libssl3: says(high), openssl: says(high), zlib1g: says(), tzdata: silence('away') };
  const scanned = await scan({ packages }, [source('debian', answers)], JOB);
  expect(totalsOf(scanned, judge(scanned, policy()))).toEqual({
    counted: { critical: 0, high: 1, medium: 0, low: 0, unrated: 0 },
    notCounted: 0,
    packages: { vulnerable: 2, clear: 1, unknown: 1 },
  });
});

const DIGEST = `sha256:${'a'.repeat(64)}`;
const openVex = (statement: object): string => JSON.stringify({ '@context': 'https://openvex.dev/ns/v0.2.0', statements: [statement] });
const NOT_AFFECTED = { vulnerability: { name: 'CVE-1-1' }, status: 'not_affected', justification: 'vulnerable_code_not_in_execute_path' };

test.each<[string, object, boolean]>([
  ['the package', { products: [{ '@id': 'pkg:pypi/jinja2' }] }, true],
  ['the version', { products: [{ '@id': 'pkg:pypi/jinja2@2.11.2' }] }, true],
  ['another version', { products: [{ '@id': 'pkg:pypi/jinja2@2.11.1' }] }, false],
  [
    'a part of this image',
    { products: [{ '@id': `pkg:oci/app@${DIGEST.replace(':', '%3A')}`, subcomponents: [{ '@id': 'pkg:pypi/jinja2@2.11.2' }] }] },
    true,
  ],
  [
    'a part of another image',
    { products: [{ '@id': 'pkg:oci/app@sha256%3Abbb', subcomponents: [{ '@id': 'pkg:pypi/jinja2@2.11.2' }] }] },
    false,
  ],
  ['another package', { products: ['pkg:pypi/jinja'] }, false],
  ['another status', { products: ['pkg:pypi/jinja2'], status: 'under_investigation' }, false],
  ['another name of the vulnerability', { products: ['pkg:pypi/jinja2'], vulnerability: { name: 'GHSA-a' } }, true],
  ['another vulnerability', { products: ['pkg:pypi/jinja2'], vulnerability: { name: 'CVE-1-11' } }, false],
])('OpenVEX about %s', async (_, statement, covers) => {
  const vex = readVex(openVex({ ...NOT_AFFECTED, ...statement }), 'vex.json', DIGEST);
  expect(judge(await found([high]), policy({ vex })).verdict).toBe(covers ? 'clear' : 'vulnerable');
});

test.each([
  ['a purl', { affects: [{ ref: 'pkg:pypi/jinja2@2.11.2' }] }, true],
  ['a component', { affects: [{ ref: 'one' }] }, true],
  ['a BOM-Link', { affects: [{ ref: 'urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#one' }] }, true],
  ['a component that is not there', { affects: [{ ref: 'two' }] }, false],
  ['a state that is none', { affects: [{ ref: 'one' }], analysis: { state: 'in_triage' } }, false],
])('CycloneDX’s VEX about %s', async (_, statement, covers) => {
  const vulnerability = { id: 'CVE-1-1', analysis: { state: 'not_affected', justification: 'code_not_reachable' }, ...statement };
  const text = JSON.stringify({
    bomFormat: 'CycloneDX',
    components: [{ 'bom-ref': 'one', purl: 'pkg:pypi/jinja2@2.11.2' }],
    vulnerabilities: [vulnerability],
  });
  expect(judge(await found([high]), policy({ vex: readVex(text, 'bom.json', DIGEST) })).verdict).toBe(covers ? 'clear' : 'vulnerable');
});

test('VEX without a reason, and what is no VEX, is refused', () => {
  const { justification: _, ...bare } = NOT_AFFECTED;
  for (const text of [openVex({ ...bare, products: ['pkg:pypi/jinja2'] }), '{}', 'x', '{"statements":[]}'])
    expect(() => readVex(text, 'f', DIGEST)).toThrow(/^f /);
});

test('VEX of another shape is refused with the place, and null in it is what is not there', () => {
  for (const [statement, at] of [
    [{ products: [7] }, 'statements[0].products[0]'],
    [{ vulnerability: 7 }, 'statements[0].vulnerability'],
    [{ products: 'pkg:pypi/jinja2' }, 'statements[0].products'],
  ] as const)
    expect(() => readVex(openVex({ ...NOT_AFFECTED, ...statement }), 'f', DIGEST)).toThrow(`f: \`${at}\` should be`);
  expect(readVex(openVex({ ...NOT_AFFECTED, products: null }), 'f', DIGEST)[0]?.purls).toEqual([]);
  expect(() => readVex(openVex({ ...NOT_AFFECTED, justification: ' ' }), 'f', DIGEST)).toThrow('and not why');
});

test('the document that is written says what is to be done, and is read back as it was meant', async () => {
  const scanned = await found([high, flaw('CVE-1-2')]);
  const vex = readVex(openVex({ ...NOT_AFFECTED, products: ['pkg:pypi/jinja2'] }), 'in.json', DIGEST);
  const { findings } = judge(scanned, policy({ vex }));
  const text = writeVex(findings, { digest: DIGEST, name: 'registry.example/team/app', at: '2026-12-01T00:00:00Z', author: 'plimsoll' });
  expect(JSON.parse(text)).toMatchObject({
    '@context': 'https://openvex.dev/ns/v0.2.0',
    statements: [
      {
        vulnerability: { name: 'CVE-1-1', aliases: ['GHSA-a'] },
        status: 'not_affected',
        justification: 'vulnerable_code_not_in_execute_path',
      },
      { vulnerability: { name: 'CVE-1-2' }, status: 'affected', action_statement: 'there is no fixed version yet' },
    ],
  });
  const again = judge(scanned, policy({ vex: readVex(text, 'out.json', DIGEST) }));
  expect(again.findings.map(({ counts }) => counts)).toEqual([false, true]);
  expect(judge(scanned, policy({ vex: readVex(text, 'out.json', `sha256:${'b'.repeat(64)}`) })).findings[0]?.counts).toBe(true);
});
