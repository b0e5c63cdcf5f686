import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LayerEntry } from '../../image/index.ts';
import { pythonLicences } from '../licences/python.ts';
import { contractOf, file, folder, link, plainImage, plainLayer, tree } from '../python-image.test-support.ts';
import { subjectOf } from '../subject.ts';
import type { Outcome, Subject } from '../types.ts';
import { licences } from './licences.ts';

const subject = (layers: readonly (readonly LayerEntry[])[]): Subject =>
  subjectOf({
    image: plainImage(layers.map((entries) => plainLayer(entries))),
    contract: contractOf({}),
    budget: { uncompressedBytes: 1e9 },
  });
const measure = (...layers: readonly (readonly LayerEntry[])[]): Promise<Outcome> => licences.measure(subject(layers));
const whyOf = (outcome: Outcome): string => ('why' in outcome && outcome.why !== undefined ? outcome.why : outcome.outcome);

const debian = (...names: readonly string[]): LayerEntry =>
  file('var/lib/dpkg/status', names.map((name) => `Package: ${name}\nStatus: install ok installed\nVersion: 1\n`).join('\n'));
const copyright = (name: string): LayerEntry => file(`usr/share/doc/${name}/copyright`, 'text');

test.each([
  ['a text for each package', [debian('a', 'b'), copyright('a'), copyright('b')]],
  [
    'a folder that is a link to another package’s',
    [debian('libgcc-s1', 'gcc-12-base'), copyright('gcc-12-base'), link('usr/share/doc/libgcc-s1', 'gcc-12-base')],
  ],
  ['a text that is a link', [debian('a', 'b'), copyright('a'), link('usr/share/doc/b/copyright', '/usr/share/doc/a/copyright')]],
  [
    'a hard link',
    [
      debian('a', 'b'),
      copyright('a'),
      { type: 'hardlink', path: 'usr/share/doc/b/copyright', target: 'usr/share/doc/a/copyright', mode: 0o644, uid: 0, gid: 0 },
    ],
  ],
  [
    'distroless’ list',
    [file('var/lib/dpkg/status.d/base', 'Package: a\nVersion: 1\n'), file('var/lib/dpkg/status.d/a.md5sums', ''), copyright('a')],
  ],
  [
    'a removed package, of which dpkg still knows',
    [file('var/lib/dpkg/status', 'Package: a\nStatus: deinstall ok config-files\nVersion: 1\n')],
  ],
  ['Alpine’s, which are named', [file('lib/apk/db/installed', 'C:Q1\nP:musl\nV:1.2.5-r0\nL:MIT\n\nP:busybox\nV:1.37\nL:GPL-2.0-only\n')]],
  ['a database of RPM’s that cannot be read, and is told', [file('usr/lib/sysimage/rpm/rpmdb.sqlite', 'x')]],
] as const)('passes %s', async (_, entries) => expect(whyOf(await measure(entries))).toBe('passed'));

test.each([
  ['documentation that a later layer deletes', [[debian('a'), copyright('a')], [file('usr/share/.wh.doc', '')]]],
  ['a link that leads nowhere', [[debian('a'), link('usr/share/doc/a', 'gone')]]],
  ['one that a step empties by an opaque folder', [[debian('a'), copyright('a')], [file('usr/share/doc/a/.wh..wh..opq', '')]]],
] as const)('fails: %s', async (_, layers) => expect(whyOf(await measure(...layers))).toBe('gone: /usr/share/doc/a/copyright'));

const SITE = 'app/.venv/lib/python3.12/site-packages';
const wheel = (fields: string, record?: readonly string[], installer = 'uv\n'): LayerEntry[] => [
  file(`${SITE}/x-1.dist-info/METADATA`, `Metadata-Version: 2.4\nName: x\nVersion: 1\n${fields}\n\nLicense: in the text\n`),
  file(`${SITE}/x-1.dist-info/INSTALLER`, installer),
  ...(record ? [file(`${SITE}/x-1.dist-info/RECORD`, record.map((path) => `${path},sha256=a,1\n`).join(''))] : []),
];
const at = (path: string): LayerEntry => file(`${SITE}/${path}`, 'text');

test.each([
  ['a text of RECORD', wheel('', ['x/__init__.py', 'x-1.dist-info/licenses/LICENSE']), [at('x-1.dist-info/licenses/LICENSE')]],
  ['a text with a comma in its name', wheel('', ['"x-1.dist-info/licenses/a, b"']), [at('x-1.dist-info/licenses/a, b')]],
  ['License-File as setuptools had it', wheel('License-File: LICENSE'), [at('x-1.dist-info/LICENSE')]],
  ['License-File in a folder, flattened', wheel('License-File: legal/COPYING'), [at('x-1.dist-info/COPYING')]],
  ['License-File of PEP 639', wheel('License-File: legal/COPYING'), [at('x-1.dist-info/licenses/legal/COPYING')]],
  ['a name where there was never a text', wheel('License-Expression: MIT', ['x/__init__.py']), []],
  ['a classifier', wheel('Classifier: License :: OSI Approved :: BSD License', []), []],
  ['License-File that the wheel never had', wheel('License: BSD\nLicense-File: LICENSE', ['x/__init__.py']), []],
  ['a module of that name', wheel('License: BSD', ['x/license.py', 'x/__pycache__/notice.cpython-312.pyc']), []],
  ['what rpm installed', wheel('License: BSD\nLicense-File: LICENSE', ['x-1.dist-info/LICENSE'], 'rpm'), []],
] as const)('of a wheel passes %s', async (_, metadata, texts) => expect(whyOf(await measure([...metadata, ...texts]))).toBe('passed'));

test.each([
  ['a text of RECORD that is gone', wheel('License-Expression: MIT', ['x-1.dist-info/licenses/LICENSE']), 'x-1.dist-info/licenses/LICENSE'],
  ['the text of what it bundles', wheel('License: BSD', ['x/_vendor/y/LICENSE.APACHE']), 'x/_vendor/y/LICENSE.APACHE'],
  ['License-File without a RECORD', wheel('License: MIT\nLicense-File: COPYING'), 'x-1.dist-info/licenses/COPYING'],
] as const)('of a wheel fails: %s', async (_, metadata, path) => expect(whyOf(await measure(metadata))).toBe(`gone: /${SITE}/${path}`));

test('what no maker names is said, and no failure', async () => {
  const outcome = await measure([...wheel('License: UNKNOWN\nClassifier: License :: OSI Approved', [])]);
  expect(outcome).toMatchObject({ outcome: 'passed', why: 'nothing says the licence of x 1: its maker left it out' });
});

test('what Debian packages itself is answered by its package', async () => {
  const info = 'usr/lib/python3/dist-packages/packaging-25.0.dist-info';
  expect(whyOf(await measure([folder(info), file(`${info}/METADATA`, 'Name: packaging\nVersion: 25.0\nLicense-File: LICENSE\n')]))).toBe(
    'passed',
  );
});

// Downloads wheels: part of `npm run test:long`.
if (process.env['PLIMSOLL_TESTS'] === 'long')
  test('of wheels as pip installs them, each text is known that importlib.metadata lists', { timeout: 300_000 }, async () => {
    const target = mkdtempSync(join(tmpdir(), 'plimsoll-licences-'));
    try {
      const python = (...args: readonly string[]): string =>
        execFileSync('python3', args, { encoding: 'utf8', maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'ignore'] });
      const wheels = ['fastapi', 'uvicorn[standard]', 'numpy', 'requests', 'setuptools', 'six', 'packaging', 'pillow', 'lxml', 'attrs'];
      python('-m', 'pip', 'install', '--quiet', '--no-compile', '--target', target, '--only-binary', ':all:', ...wheels);
      const ask =
        'import importlib.metadata as m, json, re, sys\nprint(json.dumps(sorted([d.metadata["Name"] + " " + d.version, sorted(str(f) for f in d.files or [] if re.match(r"(licen[cs]es?|copying|notice)([._-].*)?$", f.name, re.I) and f.suffix not in (".py", ".pyc", ".pyi") or ".dist-info/licenses/" in str(f))] for d in m.distributions(path=[sys.argv[1]]))))';
      const expected = JSON.parse(python('-c', ask, target)) as [string, string[]][];
      expect(expected.length).toBeGreaterThan(15);
      const site = 'usr/local/lib/python3.11/dist-packages';
      const found = await pythonLicences(await subject([tree(target, site)]).tree());
      const ours = found.map(({ name, texts }) => [name, texts.map((path) => path.slice(site.length + 1)).toSorted()]);
      expect(ours.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))).toEqual(expected);
      expect(whyOf(await measure([tree(target, site)].flat()))).toBe('passed');
    } finally {
      rmSync(target, { recursive: true, force: true });
    }
  });
