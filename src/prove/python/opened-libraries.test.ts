import { readFileSync, realpathSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { memoryFiles } from '../../base/index.ts';
import type { LayerEntry } from '../../image/index.ts';
import { readService } from '../../service/index.ts';
import { importsResolve } from '../gates/imports-resolve.ts';
import { contractOf, file, hostPython, plainImage, plainLayer, pythonEntries } from '../python-image.test-support.ts';
import { subjectOf } from '../subject.ts';
import type { Outcome } from '../types.ts';

const python = hostPython ? plainLayer(pythonEntries(hostPython)) : undefined;
const site = `usr/local/lib/python${hostPython?.version ?? '3'}/dist-packages`;
const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';

/** The gate's word on an application with these files; `installed` lies in the folder of installers. */
async function judge(
  own: Readonly<Record<string, string>>,
  installed: Readonly<Record<string, string>>,
  more: readonly LayerEntry[] = [],
): Promise<Outcome> {
  const texts = (files: Readonly<Record<string, string>>, at: string): LayerEntry[] =>
    Object.entries(files).map(([path, text]) => file(`${at}/${path}`, text));
  const image = plainImage([python!, plainLayer([...texts(own, 'app'), ...texts(installed, site), ...more])], {
    Env: ['PATH=/usr/local/bin:/usr/bin'],
    WorkingDir: '/app',
  });
  const service = await readService(memoryFiles(own), { folderName: 'app' });
  return importsResolve.measure(
    subjectOf({ image, service, contract: contractOf({ command: ['python3', 'main.py'] }), budget: { uncompressedBytes: 1e9 } }),
  );
}

const release = (text: string): LayerEntry => file('etc/os-release', text);
const bookworm = release('ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n');
/** Any library of this machine, under the name of another: the loader asks for no more. */
const library = (name: string): LayerEntry => file(`usr/lib/${triplet}/${name}`, readFileSync(realpathSync(`/lib/${triplet}/libz.so.1`)));
const magic = { 'magic/__init__.py': 'from . import loader\n', 'magic/loader.py': 'def load_lib(): pass\n' };
const zbar = { 'pyzbar/__init__.py': '', 'pyzbar/pyzbar.py': 'from .wrapper import x\n', 'pyzbar/wrapper.py': 'x = 1\n' };
const main = (text: string): Readonly<Record<string, string>> => ({ 'main.py': `${text}\n` });

describe.skipIf(!hostPython)('libraries that are opened by name', { timeout: 120_000 }, () => {
  test.each([
    ['ID=debian\nVERSION_CODENAME=bookworm\n', '`libmagic1` (of Debian bookworm)'],
    ['ID=debian\nVERSION_CODENAME=trixie\n', '`libmagic1t64` (of Debian trixie)'],
    ['ID=alpine\nVERSION_ID=3.22.0\n', '`libmagic` (of Alpine)'],
    ['ID="amzn"\nVERSION_ID="2023"\n', '`file-libs` (of Amazon Linux 2023)'],
    ['ID=other\n', 'the package of the distribution that has `libmagic.so.1`'],
  ])('a missing one fails, with the package that has it: %s', async (text, fix) => {
    expect(await judge(main('import magic'), magic, [release(text)])).toMatchObject({
      outcome: 'failed',
      why: expect.stringContaining('`libmagic.so.1` is missing: `magic.loader` of python-magic'),
      fix: expect.stringContaining(fix),
    });
  });

  test('one that is there passes, and so does one that a wheel brings', async () => {
    expect(await judge(main('import magic'), magic, [bookworm, library('libmagic.so.1')])).toMatchObject({ outcome: 'passed' });
    const brought = file(`${site}/magic/libmagic/libmagic.so.1`, 'any');
    expect(await judge(main('import magic'), magic, [bookworm, brought])).toMatchObject({ outcome: 'passed' });
  });

  test('what is imported in a function, or in a `try`, is no failure', async () => {
    expect(await judge(main('def later():\n    import magic'), magic, [bookworm])).toMatchObject({ outcome: 'passed' });
    for (const error of ['ImportError', 'OSError'])
      expect(await judge(main(`try:\n    import magic\nexcept ${error}:\n    magic = None`), magic, [bookworm])).toMatchObject({
        outcome: 'passed',
      });
  });

  test('one that `find_library` looks for needs ldconfig and a cache that knows it', async () => {
    const source = main('from pyzbar import pyzbar');
    const there = [bookworm, library('libzbar.so.0')];
    expect(await judge(source, zbar, there)).toMatchObject({ outcome: 'failed', why: expect.stringContaining('ldconfig') });
    const ldconfig = file('usr/sbin/ldconfig', 'any', 0o755);
    const links: LayerEntry[] = [{ type: 'symlink', path: 'sbin', target: 'usr/sbin', mode: 0o777, uid: 0, gid: 0 }, ldconfig];
    expect(await judge(source, zbar, [...there, ...links, file('etc/ld.so.cache', 'libc.so.6\0')])).toMatchObject({ outcome: 'failed' });
    expect(await judge(source, zbar, [...there, ...links, file('etc/ld.so.cache', 'libzbar.so.0\0')])).toMatchObject({ outcome: 'passed' });
    // musl has no cache, and Python other ways.
    expect(await judge(source, zbar, [...there, file('lib/ld-musl-x86_64.so.1', 'any')])).toMatchObject({ outcome: 'passed' });
  });

  test('psycopg needs libpq, unless its binary variant is there', async () => {
    const psycopg = { 'psycopg/__init__.py': 'from . import pq\n', 'psycopg/pq/__init__.py': '' };
    expect(await judge(main('import psycopg'), psycopg, [bookworm])).toMatchObject({ fix: expect.stringContaining('`libpq5`') });
    expect(await judge(main('import psycopg'), { ...psycopg, 'psycopg_binary/__init__.py': '' }, [bookworm])).toMatchObject({
      outcome: 'passed',
    });
  });

  test('what the source itself loads at its top is looked for, with its line', async () => {
    const loads = main('import ctypes\nfoo = ctypes.CDLL("libfoo.so.5")');
    expect(await judge(loads, {}, [bookworm])).toMatchObject({
      outcome: 'failed',
      why: expect.stringContaining('main.py:2'),
      // By Debian's rule for names: the table has no such library.
      fix: expect.stringContaining('`libfoo5`'),
    });
    expect(await judge(loads, {}, [bookworm, library('libfoo.so.5')])).toMatchObject({ outcome: 'passed' });
    const guarded = main('import ctypes\ntry:\n    foo = ctypes.CDLL("libfoo.so.5")\nexcept OSError:\n    foo = None');
    expect(await judge(guarded, {}, [bookworm])).toMatchObject({ outcome: 'passed' });
  });
});
