import { hexOf } from '../base/node.ts';
import { rootsOf } from './contents.ts';
import type { Component, Contents, Licence } from './types.ts';
import { uuidOf } from './uuid.ts';

type Json = Readonly<Record<string, unknown>>;

/** CycloneDX 1.6, JSON; the same bytes for the same image and the same Plimsoll. Source: cyclonedx.org, specification 1.6 (ECMA-424). */
export function cyclonedx(contents: Contents, version: string): string {
  const { image, components, unread, system } = contents;
  const said = {
    version: 1,
    metadata: {
      ...(image.created === undefined ? {} : { timestamp: image.created }),
      tools: { components: [{ type: 'application', name: 'plimsoll', version }] },
      component: imageOf(contents),
    },
    components: [
      ...(system
        ? [
            {
              type: 'operating-system',
              'bom-ref': 'os',
              name: system.id,
              ...(system.version === undefined ? {} : { version: system.version }),
            },
          ]
        : []),
      ...components.map((it) => libraryOf(it, contents)),
    ],
    dependencies: [
      { ref: IMAGE, dependsOn: rootsOf(components).map((index) => components[index]!.ref) },
      ...components.map(({ ref, needs }) => ({ ref, dependsOn: needs.map((index) => components[index]!.ref) })),
    ],
    // "What is listed is all there is" is claimed only where every record was read.
    compositions: [{ aggregate: unread.length === 0 ? 'complete' : 'incomplete', assemblies: [IMAGE] }],
  };
  const serial = uuidOf(JSON.stringify(said));
  const head = { $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json', bomFormat: 'CycloneDX', specVersion: '1.6' };
  return `${JSON.stringify({ ...head, serialNumber: `urn:uuid:${serial}`, ...said }, null, 2)}\n`;
}

const IMAGE = 'image';

function imageOf({ image, layers, unread }: Contents): Json {
  return {
    type: 'container',
    'bom-ref': IMAGE,
    name: image.name,
    version: image.digest,
    hashes: [{ alg: 'SHA-256', content: hexOf(image.digest) }],
    properties: [
      property('plimsoll:platform', image.platform),
      ...layers.flatMap(({ digest, diffId, createdBy }, index) => [
        property(`plimsoll:layer:${index + 1}`, digest),
        property(`plimsoll:layer:${index + 1}:diff-id`, diffId),
        ...(createdBy === undefined ? [] : [property(`plimsoll:layer:${index + 1}:created-by`, createdBy)]),
      ]),
      ...unread.map(({ path, why }) => property('plimsoll:unread', `/${path}: ${why}`)),
    ],
  };
}

const property = (name: string, value: string): Json => ({ name, value });

function libraryOf({ package: it, ref, licences, archive }: Component, { layers }: Contents): Json {
  const layer = layers[it.layer];
  const [only, ...more] = archive?.sha256 ?? [];
  const known = only !== undefined && more.length === 0;
  return {
    type: 'library',
    'bom-ref': ref,
    name: it.name,
    version: it.version,
    ...(licences.length > 0 ? { licenses: licencesIn(licences) } : {}),
    purl: it.purl,
    ...(known
      ? { externalReferences: [{ type: 'distribution', url: archive?.file ?? it.purl, hashes: [{ alg: 'SHA-256', content: only }] }] }
      : {}),
    properties: [
      property('plimsoll:record', `/${it.path}`),
      property('plimsoll:layer', String(it.layer + 1)),
      ...(layer ? [property('plimsoll:layer:digest', layer.digest)] : []),
      ...(it.source ? [property('plimsoll:source', `${it.source.name} ${it.source.version}`)] : []),
      ...(it.installer === undefined ? [] : [property('plimsoll:installer', it.installer)]),
      ...(it.origin === undefined ? [] : [property('plimsoll:origin', it.origin)]),
      ...(known ? [] : (archive?.sha256 ?? []).map((sha256) => property('plimsoll:archive:one-of:sha256', sha256))),
    ],
  };
}

/** One expression, or licences side by side: the schema takes no two expressions. */
function licencesIn(licences: readonly Licence[]): readonly Json[] {
  const [first, ...more] = licences;
  if (first?.kind === 'expression' && more.length === 0) return [{ expression: first.expression }];
  return licences.map((it) => ({ license: { name: it.kind === 'expression' ? it.expression : titleOf(it.text) } }));
}

/** A maker may have put the whole text where its name belongs. */
export const titleOf = (text: string): string => {
  const line = text.split('\n', 1)[0]!.trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
};
