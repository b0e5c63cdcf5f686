import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SPDX_IDS } from '../base/index.ts';
import { openStore, type Store } from '../base/node.ts';
import { imageFromLayers, writeLayer, type Image, type ImageSettings, type LayerEntry } from '../image/index.ts';
import { debianLicences, licenceReader } from './licences.ts';
import { archiveKey, contentsOf, SBOM_FORMATS, type Archives, type Contents } from './index.ts';
import { askCycloneDx, askSpdx, rewritePurls, whyNoOracles } from './oracles.testing.ts';

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-sbom-'));
  store = await openStore(folder);
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const imageOf = async (layers: readonly Readonly<Record<string, string>>[], settings: Partial<ImageSettings> = {}): Promise<Image> => {
  const built = [];
  for (const [index, files] of layers.entries()) {
    const entries = Object.entries(files).map(([path, text]): LayerEntry => ({
      type: 'file',
      path,
      mode: 0o644,
      uid: 0,
      gid: 0,
      content: Buffer.from(text),
    }));
    built.push(await writeLayer(entries, { mtimeSeconds: 0, createdBy: `step ${index + 1}` }, store));
  }
  return imageFromLayers({ os: 'linux', architecture: 'amd64', ...settings }, built, store);
};

test('a step of the history is in no document with the secret that it was given', async () => {
  const createdBy = 'RUN |1 API_TOKEN=geheim-bis-morgen /bin/sh -c make';
  const entry = { type: 'file', path: 'a', mode: 0o644, uid: 0, gid: 0, content: Buffer.from('a') } as const;
  const layer = await writeLayer([entry], { mtimeSeconds: 0, createdBy }, store);
  const contents = await contentsOf(imageFromLayers({ os: 'linux', architecture: 'amd64' }, [layer], store), 'it');
  for (const { write } of Object.values(SBOM_FORMATS)) {
    expect(write(contents, '1')).toContain('API_TOKEN=gehe…');
    expect(write(contents, '1')).not.toContain('geheim-');
  }
});

const SITE = 'opt/venv/lib/python3.12/site-packages';
const OTHER = 'opt/other/lib/python3.12/site-packages';
const wheel = (site: string, name: string, version: string, more = ''): Readonly<Record<string, string>> => ({
  [`${site}/${name}-${version}.dist-info/METADATA`]: `Metadata-Version: 2.4\nName: ${name}\nVersion: ${version}\n${more}`,
});

/** All ecosystems but npm's own trouble, needs in a circle, licences of each kind, one thing twice, hostile words. */
const LAYERS = [
  {
    'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
    'var/lib/dpkg/status':
      'Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nSource: glibc\nVersion: 2.36-9+deb12u10\nDepends: libgcc-s1\n\nPackage: libgcc-s1\nStatus: install ok installed\nArchitecture: amd64\nSource: gcc-12 (12.2.0-14)\nVersion: 12.2.0-14+b1\nDepends: libc6 (>= 2.35)\n',
    'usr/share/doc/libc6/copyright':
      'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: LGPL-2.1+\n text\n\nFiles: b\nLicense: Expat and custom-words\n',
  },
  {
    ...wheel(
      SITE,
      'Flask',
      '3.0',
      'License-Expression: BSD-3-Clause\nRequires-Dist: Werkzeug>=3\nRequires-Dist: asgiref; extra == "async"\n',
    ),
    ...wheel(SITE, 'werkzeug', '3.0.1', 'License: a licence "of" my own\u{202E} </script>\n'),
    ...wheel(OTHER, 'werkzeug', '3.0.1', 'Classifier: License :: OSI Approved :: MIT License\n'),
    'app/node_modules/a/package.json': '{"name": "@x/a", "version": "1.0.0", "license": "(MIT OR Apache-2.0)", "dependencies": {"b": "*"}}',
    'app/node_modules/b/package.json': '{"name": "b", "version": "1.0.0+build"}',
    'app/node_modules/a/node_modules/b/package.json': '{"name": "b", "version": "2.0.0"}',
    'app/node_modules/broken/package.json': '{',
  },
] as const;

const ARCHIVES: Archives = new Map([
  [
    archiveKey({ ecosystem: 'debian', name: 'libc6', version: '2.36-9+deb12u10' }),
    { sha256: ['a'.repeat(64)], file: 'pool/main/g/glibc/libc6_2.36-9+deb12u10_amd64.deb' },
  ],
  [archiveKey({ ecosystem: 'python', name: 'flask', version: '3.0' }), { sha256: ['b'.repeat(64), 'c'.repeat(64)] }],
]);

const contents = async (settings?: Partial<ImageSettings>): Promise<Contents> =>
  contentsOf(await imageOf(LAYERS, settings), 'team/app:1', ARCHIVES);
interface CycloneDx {
  readonly serialNumber: string;
  readonly components: readonly {
    readonly 'bom-ref': string;
    readonly properties?: readonly { readonly name: string; readonly value: string }[];
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}
const cyclonedx = async (of: Contents): Promise<CycloneDx> => JSON.parse(SBOM_FORMATS.cyclonedx.write(of, '1.0')) as CycloneDx;

describe.skipIf(whyNoOracles !== undefined)(`the makers’ own validators${whyNoOracles === undefined ? '' : ` (${whyNoOracles})`}`, () => {
  test.each([
    ['with a date', { created: '2026-11-30T10:00:00.123456789Z' }],
    ['without one', {}],
  ] as const)('accept what is written of an image %s', { timeout: 60_000 }, async (_, settings) => {
    const of = await contents(settings);
    expect(askCycloneDx(SBOM_FORMATS.cyclonedx.write(of, '1.0'))).toEqual([]);
    expect(askSpdx(SBOM_FORMATS.spdx.write(of, '1.0'))).toEqual([]);
  });

  test('accept an image with nothing in it', { timeout: 60_000 }, async () => {
    const of = await contentsOf(await imageOf([{ a: '' }]), 'empty');
    expect(askCycloneDx(SBOM_FORMATS.cyclonedx.write(of, '1.0'))).toEqual([]);
    expect(askSpdx(SBOM_FORMATS.spdx.write(of, '1.0'))).toEqual([]);
  });

  test('refuse what is broken, so that their word counts', { timeout: 60_000 }, async () => {
    const of = await contents();
    expect(askCycloneDx(SBOM_FORMATS.cyclonedx.write(of, '1.0').replace('"type": "library"', '"type": "book"'))).not.toEqual([]);
    expect(askSpdx(SBOM_FORMATS.spdx.write(of, '1.0').replaceAll('SPDXRef-package-1"', 'SPDXRef package 1"'))).not.toEqual([]);
  });

  test('read each package URL, and write the same one', async () => {
    const purls = (await contents()).components.map((it) => it.package.purl);
    expect(rewritePurls(purls)).toEqual(purls);
  });
});

test('the same image has the same document, another version of a package another number', async () => {
  const [one, other] = [await contents(), await contents()];
  for (const format of Object.values(SBOM_FORMATS)) expect(format.write(one, '1.0')).toBe(format.write(other, '1.0'));
  const changed = await contentsOf(
    await imageOf([LAYERS[0], { ...LAYERS[1], 'app/node_modules/b/package.json': '{"name": "b", "version": "1.0.1"}' }]),
    'team/app:1',
    ARCHIVES,
  );
  expect((await cyclonedx(changed)).serialNumber).not.toBe((await cyclonedx(one)).serialNumber);
});

test('each component names its layer, and needs what is really beside it', async () => {
  const of = await contents();
  const { components, dependencies } = await cyclonedx(of);
  const needs = Object.fromEntries(dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const [libc, libgcc] = [
    'pkg:deb/debian/libc6@2.36-9%2Bdeb12u10?arch=amd64&distro=debian-12&upstream=glibc',
    'pkg:deb/debian/libgcc-s1@12.2.0-14%2Bb1?arch=amd64&distro=debian-12&upstream=gcc-12%4012.2.0-14',
  ];
  const other = `pkg:pypi/werkzeug@3.0.1#${SITE}/werkzeug-3.0.1.dist-info/METADATA`;
  expect(needs).toEqual({
    image: ['pkg:npm/%40x/a@1.0.0', 'pkg:npm/b@1.0.0%2Bbuild', 'pkg:pypi/flask@3.0', 'pkg:pypi/werkzeug@3.0.1', libc],
    [libc]: [libgcc],
    [libgcc]: [libc],
    'pkg:npm/%40x/a@1.0.0': ['pkg:npm/b@2.0.0'],
    'pkg:npm/b@1.0.0%2Bbuild': [],
    'pkg:npm/b@2.0.0': [],
    'pkg:pypi/flask@3.0': [other],
    'pkg:pypi/werkzeug@3.0.1': [],
    [other]: [],
  });
  const layerOf = (ref: string): string | undefined =>
    components.find((it) => it['bom-ref'] === ref)?.properties?.find(({ name }) => name === 'plimsoll:layer:digest')?.value;
  expect([layerOf(libc), layerOf('pkg:pypi/flask@3.0')]).toEqual(of.layers.map(({ digest }) => digest));
});

test('what could not be read is said, and the list is not called complete', async () => {
  const of = await contents();
  expect(of.unread).toEqual([{ path: 'app/node_modules/broken/package.json', why: 'it is no JSON object' }]);
  expect(SBOM_FORMATS.cyclonedx.write(of, '1.0')).toContain('"aggregate": "incomplete"');
  expect(SBOM_FORMATS.spdx.write(of, '1.0')).toContain('Not whole: /app/node_modules/broken/package.json: it is no JSON object');
});

test('the hash of an archive stands there where the lock knows one, and all of them as one of several', async () => {
  const text = SBOM_FORMATS.cyclonedx.write(await contents(), '1.0');
  expect(text).toContain(`"content": "${'a'.repeat(64)}"`);
  expect(text).not.toContain(`"content": "${'b'.repeat(64)}"`);
  expect([...text.matchAll(/"plimsoll:archive:one-of:sha256"/g)].length).toBe(2);
});

test.each([
  ['MIT', 'MIT'],
  ['mit', 'MIT'],
  ['MIT License', 'MIT'],
  ['Apache 2.0', 'Apache-2.0'],
  ['GPL-2+', 'GPL-2.0-or-later'],
  ['LGPL-2.1+', 'LGPL-2.1-or-later'],
  ['Expat', 'MIT'],
  ['MIT AND (Apache-2.0 OR BSD-2-Clause)', 'MIT AND (Apache-2.0 OR BSD-2-Clause)'],
  ['BSD', undefined],
  ['Apache Software License', undefined],
  ['MIT AND nonsense', undefined],
] as const)('the licence `%s` is read as %s', (text, expression) =>
  expect(licenceReader(SPDX_IDS)(text)).toEqual(expression === undefined ? { kind: 'text', text } : { kind: 'expression', expression }),
);

test('of a copyright file that is not for machines nothing is claimed', () => {
  expect(debianLicences('This package was debianized by …\nLicense: GPL-2\n')).toEqual([]);
  expect(
    debianLicences('Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: GPL-2+ or Artistic\n'),
  ).toEqual(['GPL-2+', 'Artistic']);
});
