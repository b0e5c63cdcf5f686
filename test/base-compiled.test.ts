import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openStore } from '../src/base/node.ts';
import { compiledPython } from '../src/build/direct/base-image/compiled.testing.ts';
import { flatten, openImage, writeLayout } from '../src/image/index.ts';
import { jsonDocuments } from '../src/report/json/index.ts';
import { copyOf, fixtures, has, isRoot, plimsoll, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);

const release = /^VERSION_CODENAME=(bookworm|trixie)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
const headers = ['zlib.h', 'ffi.h', 'openssl/ssl.h', 'sqlite3.h'];
const canCompile =
  ['gcc', 'make', 'tar', 'apt-get'].every(has) &&
  headers.every((name) => ['/usr/include', '/usr/include/x86_64-linux-gnu'].some((folder) => existsSync(join(folder, name))));

describe.skipIf(!canCompile || !isRoot || process.arch !== 'x64')('a base as the official images are made', () => {
  // Python's own source, out of Debian's source package, with the options of docker-library/python, but without PGO.
  test.skipIf(release === undefined)(
    'whose Python was compiled for /usr/local: a service on it is fit, its byte code made by that Python',
    async () => {
      const store = await openStore();
      const base = await compiledPython(store, release as 'bookworm' | 'trixie').finally(() => store.close());
      const layout = join(place.folder, 'base');
      mkdirSync(place.folder, { recursive: true });
      await writeLayout(layout, [base], 'base:1');
      const folder = copyOf(join(fixtures, 'python-flask-gunicorn/service'), join(place.folder, 'service'));
      writeFileSync(join(folder, 'plimsoll.yaml'), 'budget:\n  ready: 60 s\n');
      const end = await plimsoll(['ship', folder, '--base', `oci:${layout}`, '--json']);
      expect(end.stdout, end.stderr).not.toBe('');
      const { gates } = jsonDocuments.ship.parse(JSON.parse(end.stdout));
      expect([gates.filter(({ required, outcome }) => required && (outcome === 'failed' || outcome === 'unproven')), end.code]).toEqual([
        [],
        0,
      ]);
      const tree = await flatten(await (await openImage(`oci:${join(folder, '.plimsoll/image')}`)).layers());
      const minor = release === 'bookworm' ? '3.11' : '3.13';
      const pyc = `usr/local/lib/python${minor}/site-packages/flask/__pycache__/app.cpython-${minor.replace('.', '')}.pyc`;
      expect(tree.resolve(pyc)).toBeDefined();
    },
    3_600_000,
  );
});
