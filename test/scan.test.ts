import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { writeLayout } from '../src/image/index.ts';
import { file, openBench } from '../src/prove/python-image.test-support.ts';
import { jsonDocuments } from '../src/report/json/index.ts';
import { JINJA, MINIMIST, PYSEC } from '../src/scan/documents.testing.ts';
import { serve, type Double } from '../src/scan/packages.testing.ts';
import { copyOf, fixtures, plimsoll, scratch, type End } from './plimsoll.ts';

const place = scratch();
const doubles: Double[] = [];
const bench = await openBench();
afterAll(async () => {
  await Promise.all(doubles.map((double) => double.close()));
  await bench.close();
  place.remove();
});
const serving = async (answer: Parameters<typeof serve>[0]): Promise<string> => {
  const double = await serve(answer);
  doubles.push(double);
  return double.url;
};

/** An image of these text files, as an OCI layout. */
async function imageOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = mkdtempSync(join(place.folder, 'image-'));
  const entries = Object.entries(files).map(([path, text]) => file(path, text));
  await writeLayout(folder, [bench.image([await bench.layer(entries)])]);
  return folder;
}

const BOOKWORM = 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n';
const installed = (name: string, version: string, source: string): string =>
  `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nSource: ${source}\nVersion: ${version}\n\n`;
const wheel = (name: string, version: string, more = ''): Readonly<Record<string, string>> => ({
  [`usr/lib/python3/dist-packages/${name.toLowerCase()}-${version}.dist-info/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${more}`,
});
const OLD_PYTHON = { ...wheel('Jinja2', '2.11.2'), ...wheel('Flask', '1.1.2', 'Requires-Dist: Jinja2>=2.10.1\n') };

interface Printed {
  readonly verdict: string;
  readonly totals: { readonly counted: Readonly<Record<string, number>>; readonly packages: Readonly<Record<string, number>> };
  readonly packages: readonly {
    readonly name: string;
    readonly status: string;
    readonly through: readonly string[];
    readonly unanswered: readonly { readonly why: string }[];
    readonly vulnerabilities: readonly {
      readonly id: string;
      readonly fixed?: string;
      readonly counts: boolean;
      readonly because?: string;
    }[];
  }[];
}
function printed({ stdout, stderr }: End): Printed {
  const parsed = jsonDocuments.scan.safeParse(JSON.parse(stdout || 'null'));
  expect(parsed.error === undefined ? '' : `${z.prettifyError(parsed.error)}\n${stderr}`).toBe('');
  return JSON.parse(stdout) as Printed;
}

const apt = existsSync('/etc/apt');
describe.skipIf(!apt)('an image of Debian 12 from July 2023, by Debian’s own archive', () => {
  test('lacks the fixes of openssl and glibc since, by the CVE numbers of their changelogs; what is new lacks nothing', async () => {
    const image = await imageOf({
      'etc/os-release': BOOKWORM,
      'var/lib/dpkg/status':
        installed('libssl3', '3.0.9-1', 'openssl') + installed('libc6', '2.36-9', 'glibc') + installed('tzdata', '9999a-0', 'tzdata'),
    });
    const end = await plimsoll(['scan', image, '--json']);
    const { packages, verdict } = printed(end);
    const [libc, libssl, tzdata] = ['libc6', 'libssl3', 'tzdata'].map((name) => packages.find((it) => it.name === name));
    expect([end.code, verdict, tzdata?.status]).toEqual([1, 'vulnerable', 'clear']);
    // DSA-5514-1 and DSA-5532-1, October 2023.
    expect(libc?.vulnerabilities).toContainEqual(expect.objectContaining({ id: 'CVE-2023-4911', fixed: '2.36-9+deb12u3' }));
    expect(libssl?.vulnerabilities).toContainEqual(expect.objectContaining({ id: 'CVE-2023-5363', fixed: '3.0.11-1~deb12u2' }));
    // What the installed version has fixed already.
    expect(libssl?.vulnerabilities.map(({ id }) => id)).not.toContain('CVE-2023-1255');
  }, 120_000);
});

describe('what counts and what is unknown', () => {
  test('a package index without the data leaves its packages unknown, and the scan does not end well', async () => {
    const image = await imageOf(OLD_PYTHON);
    const env = { PIP_INDEX_URL: `${await serving(() => 404)}/simple` };
    const end = await plimsoll(['scan', image], { env });
    expect([end.code, end.stdout]).toEqual([3, expect.stringContaining('unknown: 0 known, 2 of 2 packages and records unknown')]);
    expect(end.stdout).toMatch(/unknown: 2 packages of Python: \S+\/pypi\/NAME\/VERSION\/json answers HTTP 404\s+\(Flask, Jinja2\)/);
    expect((await plimsoll(['scan', image, '--allow-unknown'], { env })).code).toBe(0);
  });

  test('the index of pip finds a planted release, and through which dependency it came', async () => {
    const vulnerabilities = [{ id: PYSEC.id, aliases: PYSEC.aliases, fixed_in: ['2.11.3'], withdrawn: null }];
    const url = await serving((path) => ({ info: {}, vulnerabilities: path.includes('/jinja2/2.11.2/') ? vulnerabilities : [] }));
    const end = await plimsoll(['scan', await imageOf(OLD_PYTHON), '--json'], { env: { PIP_INDEX_URL: `${url}/simple` } });
    expect(printed(end).packages.map(({ name, status, through }) => [name, status, through])).toEqual([
      ['Flask', 'clear', []],
      ['Jinja2', 'vulnerable', ['Flask']],
    ]);
    expect(end.code).toBe(1);
  });

  test('the registry of npm finds a planted package', async () => {
    const advisory = {
      id: 1,
      url: `https://github.com/advisories/${MINIMIST.id}`,
      severity: 'critical',
      vulnerable_versions: '>=1.0.0 <1.2.6',
    };
    const env = { npm_config_registry: await serving(() => ({ minimist: [advisory] })) };
    const image = await imageOf({ 'app/node_modules/minimist/package.json': '{"name":"minimist","version":"1.2.5"}' });
    expect(printed(await plimsoll(['scan', image, '--json'], { env })).packages[0]).toMatchObject({
      status: 'vulnerable',
      vulnerabilities: [{ id: MINIMIST.id, fixed: '1.2.6' }],
    });
  });

  test('OSV is asked in place of index and registry, and nobody else of them', async () => {
    const asked: string[] = [];
    const url = await serving((path) => {
      asked.push(path);
      return path === '/v1/querybatch' ? { results: [{}, { vulns: [{ id: JINJA.id }] }] } : JINJA;
    });
    const end = await plimsoll(['scan', await imageOf(OLD_PYTHON), '--osv', url, '--fail-on', 'high', '--json'], {
      env: { PIP_INDEX_URL: `${url}/simple` },
    });
    expect(printed(end).packages[1]).toMatchObject({
      name: 'Jinja2',
      vulnerabilities: [{ id: 'CVE-2020-28493', severity: 'medium', counts: false }],
    });
    expect([end.code, asked]).toEqual([0, ['/v1/querybatch', `/v1/vulns/${JINJA.id}`]]);
  });

  test('what Debian packaged of Python is Debian’s, and is not asked about a second time', async () => {
    const [[path = '', text = '']] = Object.entries(wheel('Jinja2', '2.11.2')) as [[string, string]];
    const url = await serving(() => 500);
    const image = await imageOf({
      'etc/os-release': BOOKWORM,
      'var/lib/dpkg/status': installed('python3-jinja2', '9999-1', 'jinja2'),
      'var/lib/dpkg/info/python3-jinja2.list': `/.\n/${path}\n`,
      [path]: text,
    });
    const end = await plimsoll(['scan', image, '--json'], { env: { PIP_INDEX_URL: `${url}/simple` } });
    expect([end.code, printed(end).packages.map(({ name }) => name)]).toEqual([0, ['python3-jinja2']]);
  });

  test('an image without any record of a package is not clear', async () => {
    const end = await plimsoll(['scan', await imageOf({ 'app/server': 'x' })]);
    expect([end.code, end.stdout]).toEqual([3, expect.stringContaining('no record of any package')]);
  });

  test('offline without a database nothing is known, and nothing is asked', async () => {
    const url = await serving(() => 500);
    const env = { PIP_INDEX_URL: `${url}/simple`, XDG_CACHE_HOME: join(place.folder, 'empty') };
    const end = await plimsoll(['scan', await imageOf(OLD_PYTHON), '--offline'], { env });
    expect([end.code, end.stderr]).toEqual([2, expect.stringContaining('--update-database')]);
    expect(doubles.at(-1)?.asked).toEqual([]);
  });

  test('a scanner that is not here is no answer', async () => {
    const end = await plimsoll(['scan', await imageOf(OLD_PYTHON), '--with', 'grype'], { env: { PATH: '/nowhere' } });
    expect([end.code, end.stderr]).toEqual([3, expect.stringContaining('`grype` is not installed')]);
  });

  test('of a scanner that fails it is told why', async () => {
    const bin = join(place.folder, 'failing');
    mkdirSync(bin, { recursive: true });
    // As grype 0.121.3 does, which says nothing at all with -q, and colours what it says.
    const said = '[0016] ERROR failed to load vulnerability db: database does not exist';
    const script = `#!/bin/sh\ncase " $* " in *" -q "*) exit 1 ;; esac\n[ -n "$NO_COLOR" ] || exit 1\necho '${said}' >&2; exit 1\n`;
    writeFileSync(join(bin, 'grype'), script, { mode: 0o755 });
    const end = await plimsoll(['scan', await imageOf(OLD_PYTHON), '--with', 'grype'], { env: { PATH: `${bin}:${process.env['PATH']}` } });
    expect([end.code, end.stdout.replaceAll(/\s+/g, ' ')]).toEqual([3, expect.stringContaining(`grype ended with 1: ${said}`)]);
  });

  test('a scanner that is here is run on the image, and what it says is the answer', async () => {
    const bin = join(place.folder, 'bin');
    mkdirSync(bin, { recursive: true });
    const match = { vulnerability: { id: JINJA.id, severity: 'Medium' }, artifact: { name: 'jinja2', version: '2.11.2' } };
    // Looks for the layout that it is given, as the real one does.
    writeFileSync(
      join(bin, 'grype'),
      `#!/bin/sh\n[ -f "\${1#oci-dir:}/oci-layout" ] || exit 9\necho '${JSON.stringify({ matches: [match], descriptor: { name: 'grype', db: { built: '2026-11-29T00:00:00Z' } } })}'\n`,
      { mode: 0o755 },
    );
    const end = await plimsoll(['scan', await imageOf(OLD_PYTHON), '--with', 'grype', '--json'], {
      env: { PATH: `${bin}:${process.env['PATH']}` },
    });
    expect(printed(end).packages[1]).toMatchObject({
      name: 'Jinja2',
      answered: [{ source: 'grype', asOf: '2026-11-29T00:00:00Z' }],
      vulnerabilities: [{ id: JINJA.id }],
    });
  });
});

test('what was installed from a folder is not asked about; from a wheel on a disk it is', async () => {
  const from = (name: string, url: string) => ({
    [`usr/lib/python3/dist-packages/${name.toLowerCase()}-2.11.2.dist-info/direct_url.json`]: JSON.stringify({ url, archive_info: {} }),
  });
  const image = await imageOf({
    ...wheel('ours', '2.11.2'),
    ...from('ours', 'file:///src/ours'),
    ...wheel('Jinja2', '2.11.2'),
    // As `pip install /wheels/*.whl` writes it.
    ...from('Jinja2', 'file:///wheels/jinja2-2.11.2-py2.py3-none-any.whl'),
  });
  const folder = join(place.folder, 'from-a-wheel');
  mkdirSync(folder);
  writeFileSync(join(folder, `${JINJA.id}.json`), JSON.stringify(JINJA));
  const end = await plimsoll(['scan', image, '--database', folder, '--json']);
  expect(printed(end)).toMatchObject({ own: ['ours'], packages: [{ name: 'Jinja2', vulnerabilities: [{ id: 'CVE-2020-28493' }] }] });
});

test('the service itself, installed as a package, is named and not asked about', async () => {
  const service = copyOf(join(fixtures, 'python-packaged/service'), join(place.folder, 'packaged'));
  const image = await imageOf({ ...wheel('tickets', '3.2.1'), ...wheel('requests', '2.33.0') });
  const url = await serving((path) => (path.includes('/requests/') ? { vulnerabilities: [] } : 404));
  const end = await plimsoll(['scan', service, '--image', image, '--json'], { env: { PIP_INDEX_URL: `${url}/simple` } });
  expect([end.code, printed(end)]).toMatchObject([0, { own: ['tickets'], packages: [{ name: 'requests', status: 'clear' }] }]);
});

describe('a service, by its plimsoll.yaml', async () => {
  const service = copyOf(join(fixtures, 'python-tcp/service'), join(place.folder, 'tcp'));
  mkdirSync(join(service, 'advisories'));
  for (const document of [JINJA, PYSEC]) writeFileSync(join(service, 'advisories', `${document.id}.json`), JSON.stringify(document));
  const image = await imageOf(OLD_PYTHON);
  const scanned = async (
    settings: string,
    ...more: readonly string[]
  ): Promise<{ code: number | null; stdout: string; stderr: string }> => {
    writeFileSync(join(service, 'plimsoll.yaml'), `scan:\n  database: advisories\n${settings}`);
    return plimsoll(['scan', service, '--image', image, ...more]);
  };

  test('the database is asked, and its date is told', async () => {
    const end = await scanned('');
    expect([end.code, end.stdout]).toEqual([
      1,
      expect.stringMatching(/medium +CVE-2020-28493 +Jinja2 2\.11\.2, through Flask: fixed in 2\.11\.3/),
    ]);
    expect(end.stdout).toMatch(/2 of 2 packages answered, as of 2022-04-18 \(\d+ days old\)/);
  });

  test('what is ignored is told with its reason until its day, and counts after that', async () => {
    const entry = (until: string): string =>
      `  ignore:\n    - {id: CVE-2020-28493, reason: urlize is never called, until: "${until}"}\n    - {id: CVE-1-1, reason: long gone by now, until: "2099-01-01"}\n`;
    const held = await scanned(entry('2099-01-01'));
    expect([held.code, held.stdout]).toEqual([0, expect.stringContaining('(ignored until 2099-01-01: urlize is never called)')]);
    expect(held.stdout).toContain('scan.ignore: nothing here is CVE-1-1; take the entry out');
    const over = await scanned(entry('2024-01-01'));
    expect([over.code, over.stdout]).toEqual([
      1,
      expect.stringContaining('was ignored until 2024-01-01 (urlize is never called), and counts again'),
    ]);
  });

  test('an entry without a reason or a day is refused where it stands', async () => {
    const end = await scanned('  ignore:\n    - {id: CVE-2020-28493, reason: urlize is never called}\n');
    expect([end.code, end.stderr]).toEqual([2, expect.stringContaining('plimsoll.yaml:4:')]);
  });

  test('a VEX document is read and one is written', async () => {
    const vex = join(place.folder, 'vex.json');
    const out = join(place.folder, 'out.json');
    const statement = {
      vulnerability: { name: JINJA.id },
      products: [{ '@id': 'pkg:pypi/jinja2' }],
      status: 'not_affected',
      justification: 'vulnerable_code_not_in_execute_path',
    };
    writeFileSync(vex, JSON.stringify({ '@context': 'https://openvex.dev/ns/v0.2.0', statements: [statement] }));
    const end = await scanned('', '--apply-vex', vex, '--vex', out);
    expect([end.code, end.stdout]).toEqual([0, expect.stringContaining('not affected: vulnerable_code_not_in_execute_path')]);
    expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({
      statements: [{ vulnerability: { name: 'CVE-2020-28493' }, status: 'not_affected' }],
    });
  });

  test.each([
    [['--vex', '/nowhere/out.json'], {}, '`--vex /nowhere/out.json` cannot be written (ENOENT)'],
    [['--vex', join(place.folder, 'out.json')], { SOURCE_DATE_EPOCH: 'today' }, 'SOURCE_DATE_EPOCH is no number of seconds: today'],
    [['--apply-vex', place.folder], {}, 'cannot be read (EISDIR)'],
    [['--database', join(place.folder, 'none')], {}, 'cannot be read (ENOENT)'],
  ])('what is asked for and cannot be is a wrong request: %s', async (words, env, why) => {
    const folder = mkdtempSync(join(place.folder, 'osv-'));
    writeFileSync(join(folder, 'a.json'), JSON.stringify(JINJA));
    const database = words[0] === '--database' ? [] : ['--database', folder];
    const end = await plimsoll(['scan', await imageOf(OLD_PYTHON), ...database, ...words], { env });
    expect(end).toMatchObject({ code: 2, stderr: expect.stringContaining(why) });
  });

  test('the database is fetched from where plimsoll.yaml says, whole or not at all', async () => {
    const { zipSync } = await import('fflate');
    const archive = zipSync({ 'a.json': Buffer.from(JSON.stringify(JINJA)) });
    const folder = join(place.folder, 'fetched');
    let cut = 0;
    const { createServer } = await import('node:http');
    const server = createServer((request, response) =>
      response.writeHead(request.url === '/PyPI/all.zip' ? 200 : 404).end(archive.subarray(cut)),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const from = `  databaseFrom: http://127.0.0.1:${port}/{ecosystem}/all.zip\n`;
    const end = await scanned(from, '--update-database', '--database', folder);
    expect([end.code, end.stdout, end.stderr]).toEqual([1, expect.stringContaining('CVE-2020-28493'), expect.any(String)]);
    cut = 60;
    const broken = await scanned(from, '--update-database', '--database', folder);
    expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining('no zip archive that can be read')]);
    server.close();
    expect((await scanned('', '--offline', '--database', folder)).stdout).toContain('CVE-2020-28493');
  });
});
