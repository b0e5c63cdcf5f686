import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LayerEntry } from '../../image/index.ts';
import { contractOf, file, hostPython, plainImage, plainLayer, pythonEntries, tree } from '../python-image.test-support.ts';
import { subjectOf } from '../subject.ts';
import type { Outcome } from '../types.ts';
import { importsResolve } from './imports-resolve.ts';

const python = hostPython ? plainLayer(pythonEntries(hostPython)) : undefined;
const site = `usr/local/lib/python${hostPython?.version ?? '3'}/dist-packages`;

async function judge(entries: readonly LayerEntry[], command: readonly string[]): Promise<Outcome> {
  const image = plainImage([python!, plainLayer(entries)], { Env: ['PATH=/usr/local/bin:/usr/bin'], WorkingDir: '/app' });
  return importsResolve.measure(subjectOf({ image, contract: contractOf({ command }), budget: { uncompressedBytes: 1e9 } }));
}

/** An app of these files below /app. */
const app = (files: Readonly<Record<string, string>>): LayerEntry[] =>
  Object.entries(files).map(([path, text]) => file(path.startsWith('/') ? path.slice(1) : `app/${path}`, text));
const main = ['python3', 'main.py'];

describe.skipIf(!hostPython)('imports of the application', { timeout: 60_000 }, () => {
  test('a whole application with its standard library passes', async () => {
    const standard =
      'asyncio ssl sqlite3 json email.mime.text xml.etree.ElementTree concurrent.futures logging.config http.server decimal zoneinfo ctypes hashlib multiprocessing unittest.mock urllib.request os.path importlib.metadata';
    const outcome = await judge(
      app({
        'main.py': `${standard
          .split(' ')
          .map((it) => `import ${it}`)
          .join('\n')}\nfrom lib import helper\nfrom lib.deep import *\n`,
        'lib/__init__.py': '',
        'lib/helper.py': 'from . import deep\nfrom .deep import thing',
        'lib/deep.py': 'thing = 1',
      }),
      main,
    );
    expect(outcome).toMatchObject({ outcome: 'passed' });
  });
  test('every module of the standard library that this interpreter can import resolves', async () => {
    // Without what opens a window or prints when imported, and what `pythonEntries` leaves out.
    const ask =
      'import importlib, sys, warnings\nwarnings.simplefilter("ignore")\nfor n in sorted(sys.stdlib_module_names - {"antigravity", "this", "idlelib", "ensurepip", "lib2to3"}):\n  try: importlib.import_module(n)\n  except BaseException: pass\n  else: print("module", n)';
    const said = execFileSync(hostPython!.binary, ['-I', '-c', ask], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const modules = [...said.matchAll(/^module (\S+)$/gm)].map((found) => found[1] ?? '');
    expect(modules.length).toBeGreaterThan(200);
    const outcome = await judge(app({ 'main.py': modules.map((name) => `import ${name}\n`).join('') }), main);
    expect(outcome.outcome === 'passed' || outcome).toBe(true);
  });
  test.each([
    ['a package that is not installed', { 'main.py': 'import requests_oauthlib' }, 'requests_oauthlib', '/app/main.py:1'],
    [
      'one that only a module of a module imports',
      { 'main.py': 'import a', 'a.py': 'class B:\n    from b.c import D', 'b/c.py': 'import nowhere\nD = 1' },
      'nowhere',
      '/app/b/c.py:1',
    ],
    [
      'a submodule that is left out of the image',
      { 'main.py': 'from lib import settings', 'lib/__init__.py': '' },
      'lib.settings',
      '/app/main.py:1',
    ],
    [
      'a relative import beyond the package',
      { 'main.py': 'import lib', 'lib/__init__.py': 'from ... import x' },
      '...',
      '/app/lib/__init__.py:1',
    ],
    ['a standard module that was taken out', { 'main.py': 'import tkinter' }, 'tkinter', '/app/main.py:1'],
    [
      'the main block of the script that is started',
      { 'main.py': 'if __name__ == "__main__":\n    import nowhere' },
      'nowhere',
      '/app/main.py:2',
    ],
  ])('fails: %s', async (_, files, module, place) => {
    const outcome = await judge(app(files as unknown as Record<string, string>), main);
    expect(outcome).toMatchObject({ outcome: 'failed', evidence: [{ what: place }, expect.anything()] });
    expect(outcome.outcome === 'failed' && outcome.why).toContain(module);
  });
  test('what is guarded, in functions, or of another platform is left alone', async () => {
    const source = `
import sys
from typing import TYPE_CHECKING
try:
    import ujson as json
except ImportError:
    import json
if TYPE_CHECKING:
    from nowhere import A
if sys.platform == "win32":
    import winreg
if sys.version_info < (3, 8):
    import importlib_metadata
def later():
    import nowhere
`;
    expect(await judge(app({ 'main.py': source }), main)).toMatchObject({ outcome: 'passed' });
  });
  test('the application that a server is told to serve is followed, and must be there', async () => {
    const server = { [`/${site}/uvicorn/__init__.py`]: '', [`/${site}/uvicorn/__main__.py`]: 'import uvicorn' };
    const command = ['python3', '-m', 'uvicorn', 'app.main:create', '--factory', '--host', '0.0.0.0'];
    expect(await judge(app({ ...server, 'app/main.py': 'import json' }), command)).toMatchObject({ outcome: 'passed' });
    expect(await judge(app({ ...server, 'app/main.py': 'import nowhere' }), command)).toMatchObject({
      outcome: 'failed',
      evidence: [{ what: '/app/app/main.py:1' }, {}],
    });
    expect(await judge(app({ ...server, 'app/other.py': '' }), command)).toMatchObject({
      outcome: 'failed',
      evidence: [{ text: '`app` has no module `main`'.replace(/^/, 'app.main: ') }, {}],
    });
  });
  test('settings that Django is told to import are followed', async () => {
    const outcome = await judge(
      app({
        'main.py': 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")',
        'site1/settings.py': 'import nowhere',
      }),
      main,
    );
    expect(outcome).toMatchObject({ outcome: 'failed', evidence: [{ what: '/app/site1/settings.py:1' }, {}] });
  });
  test('what a package brings on a path of its own is there, and only for a package that adds one', async () => {
    const vendored = (init: string): LayerEntry[] =>
      app({
        'main.py': 'import whole.part',
        [`/${site}/whole/__init__.py`]: init,
        [`/${site}/whole/part.py`]: 'import inner',
        [`/${site}/whole/_vendor/inner.py`]: '',
      });
    const adds = 'import os, sys\nsys.path.append(os.path.join(os.path.dirname(__file__), "_vendor"))';
    expect(await judge(vendored(adds), main)).toMatchObject({ outcome: 'passed' });
    expect(await judge(vendored('import sys\nprint(sys.path)'), main)).toMatchObject({ outcome: 'failed' });
  });
  test('a package that only reads its own `__path__` makes no modules', async () => {
    const files = { 'main.py': 'import whole.part', [`/${site}/whole/__init__.py`]: 'folder = __path__[0]' };
    expect(await judge(app(files), main)).toMatchObject({ outcome: 'failed' });
    const extended = { ...files, [`/${site}/whole/__init__.py`]: '__path__.append("/elsewhere")' };
    expect(await judge(app(extended), main)).toMatchObject({ outcome: 'passed' });
  });
  test('an unmet Requires-Dist fails when its marker holds, and only then', async () => {
    const metadata = (requires: string): LayerEntry[] =>
      app({
        'main.py': 'import one',
        [`/${site}/one.py`]: '',
        [`/${site}/one-1.0.dist-info/METADATA`]: `Metadata-Version: 2.1\nName: one\nVersion: 1.0\n${requires}\n\nRequires-Dist: text`,
      });
    expect(
      await judge(
        metadata(
          'Requires-Dist: two>=2 ; python_version < "3"\nRequires-Dist: three ; extra == "x"\nRequires-Dist: four; sys_platform == "win32" and python_version > "3"',
        ),
        main,
      ),
    ).toMatchObject({ outcome: 'passed' });
    expect(await judge(metadata('Requires-Dist: two>=2 ; python_version >= "3.8"'), main)).toMatchObject({
      outcome: 'failed',
      evidence: [{ what: 'one 1.0', text: 'requires two>=2: `two` is not in the image' }, {}],
    });
  });
});

const has = (name: string, ...args: string[]): boolean => {
  try {
    execFileSync(name, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** Wheels with the hardest imports: compiled parts, libraries of their own, names made at run time. */
const WHEELS = [
  'numpy',
  'pillow',
  'cryptography',
  'psycopg[binary]',
  'lxml',
  'uvicorn[standard]',
  'fastapi',
  'six',
  'python-dateutil',
  'setuptools',
];

// Downloads large wheels: part of `npm run test:long`.
const long = process.env['PLIMSOLL_TESTS'] === 'long';
if (long)
  describe.skipIf(!hostPython || !has('python3', '-m', 'pip', '--version'))(
    'wheels as their makers ship them',
    { timeout: 300_000 },
    () => {
      let target: string;
      beforeAll(() => {
        target = mkdtempSync(join(tmpdir(), 'plimsoll-wheels-'));
        const version = hostPython!.version;
        const platforms = ['manylinux2014', 'manylinux_2_28', 'manylinux_2_34'].flatMap((it) => [
          '--platform',
          `${it}_${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}`,
        ]);
        execFileSync(
          'python3',
          [
            '-m',
            'pip',
            'install',
            '--quiet',
            '--no-compile',
            '--target',
            target,
            '--only-binary',
            ':all:',
            '--python-version',
            version,
            ...platforms,
            ...WHEELS,
          ],
          { stdio: ['ignore', 'ignore', 'inherit'] },
        );
      }, 300_000);
      afterAll(() => rmSync(target, { recursive: true, force: true }));

      const imports =
        'import numpy\nimport numpy.linalg\nimport PIL.Image\nimport cryptography.fernet\nfrom cryptography.hazmat.primitives import hashes\nimport psycopg\nimport lxml.etree\nimport lxml.html\nimport uvicorn\nimport fastapi\nfrom six.moves import urllib\nimport dateutil.parser\nimport dateutil.tz\nimport setuptools\nimport pkg_resources\n';

      test('no false alarm', async () => {
        const outcome = await judge([...tree(target, site), ...app({ 'main.py': imports.replace('import pkg_resources\n', '') })], main);
        expect(outcome.outcome === 'failed' ? outcome : outcome.outcome).toBe('passed');
        expect(outcome).toMatchObject({ measured: { value: expect.any(Number) } });
        expect(outcome.outcome === 'passed' && (outcome.measured?.value ?? 0)).toBeGreaterThan(300);
      });
      test('a library that a compiled module needs and the image does not have', async () => {
        const outcome = await judge(
          [...tree(target, site, (path) => !/^pillow\.libs\/libjpeg/.test(path)), ...app({ 'main.py': 'from PIL import _imaging' })],
          main,
        );
        expect(outcome).toMatchObject({ outcome: 'failed' });
        expect(outcome.outcome === 'failed' && outcome.why).toMatch(/libjpeg.*\.so/);
      });
      test('a wheel of another Python', async () => {
        const entries = tree(target, site).map((it) => ({ ...it, path: it.path.replace(/cpython-3\d+-/, 'cpython-38-') }));
        expect(await judge([...entries, ...app({ 'main.py': 'import lxml.etree' })], main)).toMatchObject({
          outcome: 'failed',
          why: expect.stringContaining('lxml.etree'),
        });
      });
    },
  );
