import { createHash } from 'node:crypto';
import { hexOf } from '../base/node.ts';
import { rootsOf } from './contents.ts';
import { titleOf } from './cyclonedx.ts';
import type { Component, Contents, Layer, Licence } from './types.ts';
import { uuidOf } from './uuid.ts';

type Json = Readonly<Record<string, unknown>>;

/** SPDX 2.3, JSON; the same bytes for the same image and the same Plimsoll. Source: SPDX 2.3 (ISO/IEC 5962 and later). */
export function spdx(contents: Contents, version: string): string {
  const { image, components, layers, unread } = contents;
  const texts = new Map(
    components.flatMap(({ licences }) => licences.flatMap((it) => (it.kind === 'text' ? [[refOf(it.text), it.text] as const] : []))),
  );
  const said = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: image.name,
    creationInfo: {
      created: secondsOf(image.created),
      creators: [`Tool: plimsoll-${version}`],
      ...(unread.length === 0 ? {} : { comment: `Not whole: ${unread.map(({ path, why }) => `/${path}: ${why}`).join('; ')}` }),
    },
    packages: [imageOf(contents), ...layers.map(layerOf), ...components.map(packageOf)],
    relationships: relationsOf(contents),
    ...(texts.size === 0
      ? {}
      : {
          hasExtractedLicensingInfos: [...texts].map(([licenseId, extractedText]) => ({
            licenseId,
            extractedText,
            name: titleOf(extractedText),
          })),
        }),
  };
  return `${JSON.stringify({ ...said, documentNamespace: `urn:uuid:${uuidOf(JSON.stringify(said))}` }, null, 2)}\n`;
}

const IMAGE = 'SPDXRef-image';
const idOf = (index: number): string => `SPDXRef-package-${index + 1}`;
const layerId = (index: number): string => `SPDXRef-layer-${index + 1}`;

const UNKNOWN = { downloadLocation: 'NOASSERTION', filesAnalyzed: false, licenseConcluded: 'NOASSERTION', copyrightText: 'NOASSERTION' };
const sha256 = (checksumValue: string): Json => ({ algorithm: 'SHA256', checksumValue });

const imageOf = ({ image }: Contents): Json => ({
  SPDXID: IMAGE,
  name: image.name,
  versionInfo: image.digest,
  primaryPackagePurpose: 'CONTAINER',
  checksums: [sha256(hexOf(image.digest))],
  ...UNKNOWN,
  licenseDeclared: 'NOASSERTION',
  comment: image.platform,
});

const layerOf = ({ digest, diffId, createdBy }: Layer, index: number): Json => ({
  SPDXID: layerId(index),
  name: `layer ${index + 1}`,
  versionInfo: digest,
  primaryPackagePurpose: 'ARCHIVE',
  checksums: [sha256(hexOf(digest))],
  ...UNKNOWN,
  licenseDeclared: 'NOASSERTION',
  comment: [`diff id ${diffId}`, ...(createdBy === undefined ? [] : [createdBy])].join('; '),
});

const packageOf = ({ package: it, licences, archive }: Component, index: number): Json => ({
  SPDXID: idOf(index),
  name: it.name,
  versionInfo: it.version,
  primaryPackagePurpose: 'LIBRARY',
  ...UNKNOWN,
  licenseDeclared: declared(licences),
  sourceInfo: `record: /${it.path}${it.source ? `; built from ${it.source.name} ${it.source.version}` : ''}`,
  ...(archive?.sha256.length === 1 ? { checksums: archive.sha256.map(sha256) } : {}),
  externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: it.purl }],
});

/** All of them hold, each for a part: SPDX 2.3, annex D. */
function declared(licences: readonly Licence[]): string {
  const each = licences.map((it) => (it.kind === 'expression' ? it.expression : refOf(it.text)));
  if (each.length === 0) return 'NOASSERTION';
  return each.length === 1 ? each[0]! : each.map((it) => (/ OR /i.test(it) ? `(${it})` : it)).join(' AND ');
}

const refOf = (text: string): string => `LicenseRef-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;

/** `YYYY-MM-DDThh:mm:ssZ`, which is all that SPDX takes. */
const secondsOf = (created = '1970-01-01T00:00:00Z'): string => `${new Date(created).toISOString().slice(0, 19)}Z`;

function relationsOf({ components, layers }: Contents): readonly Json[] {
  const relation = (spdxElementId: string, relationshipType: string, relatedSpdxElement: string): Json => ({
    spdxElementId,
    relationshipType,
    relatedSpdxElement,
  });
  return [
    relation('SPDXRef-DOCUMENT', 'DESCRIBES', IMAGE),
    ...layers.map((_, index) => relation(IMAGE, 'CONTAINS', layerId(index))),
    ...components.map(({ package: it }, index) => relation(layerId(it.layer), 'CONTAINS', idOf(index))),
    ...rootsOf(components).map((index) => relation(IMAGE, 'DEPENDS_ON', idOf(index))),
    ...components.flatMap(({ needs }, index) => needs.map((other) => relation(idOf(index), 'DEPENDS_ON', idOf(other)))),
  ];
}
