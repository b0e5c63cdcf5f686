import { expect, test } from 'vitest';
import { withAttachment, type Image } from '../../image/index.ts';
import { contentsOf, SBOM_FORMATS } from '../../sbom/index.ts';
import { contractOf, file, plainImage, plainLayer } from '../python-image.test-support.ts';
import { subjectOf } from '../subject.ts';
import type { Outcome } from '../types.ts';
import { sbomMatchesContent } from './sbom-matches-content.ts';

const SITE = 'usr/lib/python3.12/site-packages';
const wheel = (name: string, version: string, site = SITE) =>
  file(`${site}/${name}-${version}.dist-info/METADATA`, `Name: ${name}\nVersion: ${version}\n`);
const debian = (version: string) =>
  file('var/lib/dpkg/status', `Package: libc6\nArchitecture: amd64\nVersion: ${version}\nStatus: install ok installed\n`);
const bundled = wheel('jaraco.text', '3.12.1', `${SITE}/setuptools/_vendor`);
const listed = [
  file('etc/os-release', 'ID=debian\nVERSION_ID="12"\n'),
  debian('2.36-9+deb12u10'),
  wheel('Flask', '3.0'),
  wheel('zope.interface', '7.0'),
  bundled,
];

const imageWith = (...layers: readonly (typeof listed)[]): Image => plainImage(layers.map((entries) => plainLayer(entries)));
const measure = async (image: Image, artifactType: string, text: string): Promise<Outcome> =>
  sbomMatchesContent.measure(
    subjectOf({
      image: await withAttachment({ ...image, manifest: async () => Buffer.from('{}') }, { artifactType, bytes: Buffer.from(text) }),
      contract: contractOf({}),
      budget: { uncompressedBytes: 1e9 },
    }),
  );
const whyOf = (outcome: Outcome): string => ('why' in outcome && outcome.why !== undefined ? outcome.why : outcome.outcome);
const list = async (kind: keyof typeof SBOM_FORMATS): Promise<string> =>
  SBOM_FORMATS[kind].write(await contentsOf(imageWith(listed), 'x'), '1');

test.each(['cyclonedx', 'spdx'] as const)('a list in %s of the very image passes', async (kind) => {
  expect(whyOf(await measure(imageWith(listed), SBOM_FORMATS[kind].mediaType, await list(kind)))).toBe('passed');
});

test.each([
  ['a package that came later', [wheel('late', '1.0')], 'the list lacks late 1.0'],
  ['one revision more', [debian('2.36-9+deb12u11')], 'libc6 is 2.36-9+deb12u11, the list says 2.36-9+deb12u10'],
  ['a package that went', [file(`${SITE}/.wh.Flask-3.0.dist-info`, '')], 'flask 3.0 is in the list alone'],
  ['a second version beside the first', [wheel('Flask', '2.0', 'opt/v/site-packages')], 'the list lacks flask 2.0'],
] as const)('fails: %s', async (_, layer, why) => {
  for (const kind of ['cyclonedx', 'spdx'] as const)
    expect(whyOf(await measure(imageWith(listed, [...layer]), SBOM_FORMATS[kind].mediaType, await list(kind)))).toBe(why);
});

test('what other tools list besides is theirs: what a package bundles, other kinds of packages, their qualifiers', async () => {
  const purls = [
    'pkg:deb/debian/libc6@2.36-9%2Bdeb12u10?arch=amd64',
    'pkg:pypi/flask@3.0',
    'pkg:pypi/zope.interface@7.0',
    'pkg:pypi/jaraco.text@3.12.1',
    'pkg:golang/x@1',
    'pkg:generic/python@3.12',
  ];
  const text = JSON.stringify({ bomFormat: 'CycloneDX', components: purls.map((purl) => ({ type: 'library', purl })) });
  expect(whyOf(await measure(imageWith(listed), SBOM_FORMATS.cyclonedx.mediaType, text))).toBe('passed');
});

test.each(['{', '[]', '{"bomFormat": "other"}'])('what is no SBOM fails: %s', async (text) => {
  expect(whyOf(await measure(imageWith(listed), SBOM_FORMATS.cyclonedx.mediaType, text))).toContain('is no CycloneDX and no SPDX document');
});

test('without one it is skipped, with the way to get one', async () => {
  const outcome = await sbomMatchesContent.measure(
    subjectOf({ image: imageWith(listed), contract: contractOf({}), budget: { uncompressedBytes: 1e9 } }),
  );
  expect(outcome).toMatchObject({ outcome: 'skipped', why: expect.stringContaining('plimsoll build --sbom') as unknown });
});
