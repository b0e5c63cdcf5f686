import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../base/node.ts';
import { damages, EMPTY, json, OCI, type Case } from './damage.testing.ts';
import type { SoundLayout } from './broken-layout.testing.ts';

const ERROR = 'error';
const NOTE = 'note';

export function documentCases(layout: SoundLayout): readonly Case[] {
  const { manifest, layer, writeIndex, indexJson, attach, nested } = damages(layout);
  const { blobAt, parts, put, change, out } = layout;
  return [
    [
      'a descriptor that says another type than its document',
      indexJson((it) => (it.manifests[0] = { ...it.manifests[0]!, mediaType: 'application/vnd.docker.distribution.manifest.v2+json' })),
      ERROR,
      /mediaType: is `application\/vnd.oci.*its descriptor says/,
      'Media Type Conflicts',
    ],
    [
      'a manifest that is an index too',
      manifest((it) => (it['manifests'] = [])),
      ERROR,
      /manifests: has `manifests` beside `layers`/,
      'Media Type Conflicts',
    ],
    [
      'an index that is a manifest too',
      nested((it) => (it['layers'] = [])),
      ERROR,
      /layers: has `layers` beside `manifests`/,
      'Media Type Conflicts',
    ],
    ['a size that is another than the blob’s', layer({ size: 7 }), ERROR, /layer 1 .*bytes instead of 7/, 'Verification'],
    ['data that is no Base64', layer({ data: 'a' }), ERROR, /layers\[0\].data: is no Base64/, 'Embedded Content'],
    ['data of another length', layer({ data: 'aGk=' }), ERROR, /data: holds 2 bytes, `size` says/, 'Embedded Content'],
    [
      'data of another content',
      manifest((it) => (it['subject'] = { ...EMPTY, data: 'aGk=' })),
      ERROR,
      /subject.data: holds what has digest/,
      'Embedded Content',
    ],
    [
      'a URL that is none',
      layer({ urls: ['not a url'] }),
      ERROR,
      /layers\[0\].urls\[0\]: `not a url` is no URI/,
      'descriptor.md, "Properties"',
    ],
    [
      'a URL of another kind',
      layer({ urls: ['ftp://a.example/b'] }),
      NOTE,
      /urls\[0\]: should be an address of http/,
      'descriptor.md, "Properties"',
    ],
    [
      'a foreign layer',
      layer({ mediaType: `${OCI}.layer.nondistributable.v1.tar+gzip` }),
      NOTE,
      /should say in `urls`/,
      'Non-Distributable Layers',
    ],
    [
      'annotations that are no texts',
      manifest((it) => (it['annotations'] = { a: 1 })),
      ERROR,
      /annotations.a: should be a string/,
      'manifest.md',
    ],
    [
      'an annotation of a reserved name',
      manifest((it) => (it['annotations'] = { 'org.opencontainers.image.mood': 'x' })),
      NOTE,
      /mood: is no key of the specification/,
      'annotations.md, "Rules"',
    ],
    [
      'a date in an annotation that is none',
      manifest((it) => (it['annotations'] = { 'org.opencontainers.image.created': 'now' })),
      NOTE,
      /`now` is no date/,
      'Pre-Defined Annotation Keys',
    ],
    [
      'a name in index.json that is none',
      indexJson((it) => (it.manifests[0] = { ...it.manifests[0]!, annotations: { 'org.opencontainers.image.ref.name': 'a b' } })),
      NOTE,
      /`a b` does not keep to the grammar/,
      'Pre-Defined Annotation Keys',
    ],
    [
      'media types of two families',
      layer({ mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip' }),
      NOTE,
      /layers\[0\].mediaType: media types of Docker and of OCI are mixed/,
      'Compatibility Matrix',
    ],
    [
      'an index of two families',
      nested((it) => (it['mediaType'] = 'application/vnd.docker.distribution.manifest.list.v2+json')),
      ERROR,
      /its descriptor says/,
      'Media Type Conflicts',
    ],
    [
      'a manifest without layers',
      () =>
        change(({ manifest: it, config }) => {
          it.layers = [];
          config.rootfs.diff_ids = [];
          delete config['history'];
        }),
      NOTE,
      /layers: has no layer/,
      'manifest.md',
    ],
    [
      'an empty config without artifactType',
      attach({ artifactType: undefined }),
      ERROR,
      /artifactType: must be there/,
      'Guidelines for Artifact Usage',
    ],
    [
      'an empty descriptor that is not empty',
      () => attach({ layers: [{ ...EMPTY, ...put(Buffer.from('[]')) }] })(),
      ERROR,
      /layers\[0\]: is called empty, and is not/,
      'Guidance for an Empty Descriptor',
    ],
    [
      'an artifactType that its descriptor does not have',
      attach({}, { artifactType: 'application/x-other' }),
      ERROR,
      /artifactType: is application\/x-sbom, what names it says application\/x-other/,
      'descriptor.md',
    ],
    [
      'a subject that is not here',
      attach({ subject: { mediaType: `${OCI}.manifest.v1+json`, digest: sha256('gone'), size: 4 } }),
      NOTE,
      /subject: belongs to sha256:.*, which is not here/,
      'manifest.md',
    ],
    [
      'an artifact whose blob is damaged',
      () => {
        attach({ layers: [{ mediaType: 'text/plain', ...put(Buffer.from('x')) }] })();
        writeFileSync(blobAt(EMPTY.digest), '[]');
      },
      ERROR,
      /manifests\[1\] config: .*does not match its digest/,
      'Verification',
    ],
    [
      'a system that nobody knows',
      () => {
        change((all) => (all.config['os'] = 'hal'));
        indexJson((it) => (it.manifests[0] = { ...it.manifests[0]!, platform: { os: 'hal', architecture: 'amd64' } }))();
      },
      NOTE,
      /platform.os: `hal` is no system/,
      'image-index.md',
    ],
    [
      'a variant of another architecture',
      indexJson((it) => (it.manifests[0] = { ...it.manifests[0]!, platform: { os: 'linux', architecture: 'amd64', variant: 'v7' } })),
      NOTE,
      /platform.variant: `v7` is no known variant of amd64/,
      'Platform Variants',
    ],
    [
      'a variant that the config lacks',
      indexJson((it) => (it.manifests[0] = { ...it.manifests[0]!, platform: { os: 'linux', architecture: 'amd64', variant: 'v2' } })),
      NOTE,
      /config variant: is missing, the index says v2/,
      'image-index.md',
    ],
    [
      'a variant that the config has otherwise',
      () => {
        change((all) => (all.config['variant'] = 'v3'));
        indexJson((it) => (it.manifests[0] = { ...it.manifests[0]!, platform: { os: 'linux', architecture: 'amd64', variant: 'v2' } }))();
      },
      ERROR,
      /config variant: is v3, the index says v2/,
      'image-index.md',
    ],
    [
      'the same image twice',
      nested((it) => it.manifests.push(it.manifests[0]!)),
      NOTE,
      /manifests\[1\]: names the same image for the same platform again/,
      'image-index.md',
    ],
    [
      'two images for one platform',
      () => {
        const { index, manifest: first } = parts();
        const other = { ...index.manifests[0]!, ...put(json({ ...first, annotations: { a: 'b' } })) };
        writeIndex({ ...index, manifests: [index.manifests[0], other] });
      },
      NOTE,
      /manifests\[1\]: is for the platform of an earlier entry/,
      'index.json file',
    ],
    [
      'indexes within indexes',
      () => {
        for (let i = 0; i < 5; i += 1) {
          const bytes = readFileSync(join(out(), 'index.json'));
          writeIndex({ schemaVersion: 2, manifests: [{ mediaType: `${OCI}.index.v1+json`, ...put(bytes) }] });
        }
      },
      ERROR,
      /is an index inside too many indexes/,
      'image-index.md',
    ],
    [
      'an index that is not there',
      () => writeIndex({ schemaVersion: 2, manifests: [{ mediaType: `${OCI}.index.v1+json`, digest: sha256('gone'), size: 4 }] }),
      ERROR,
      /manifests\[0\]: .*lacks `blobs/,
      'Verification',
    ],
    [
      'a key twice in a manifest',
      () => {
        const { index, manifest: it } = parts();
        const bytes = Buffer.from(`{"layers":[],${JSON.stringify(it).slice(1)}`);
        writeIndex({ ...index, manifests: [{ ...index.manifests[0]!, ...put(bytes) }] });
      },
      ERROR,
      /manifests\[0\] layers: is there twice/,
      'manifest.md',
    ],
    [
      'a blob that nothing names',
      () => put(Buffer.from('stray')),
      NOTE,
      /^blobs\/sha256\/.*: is named by no document/,
      'image-layout.md, "Blobs"',
    ],
    [
      'a blob that nothing names, of other content than its name',
      () => writeFileSync(blobAt(sha256('x')), 'y'),
      ERROR,
      /has other content than its name says/,
      'image-layout.md, "Blobs"',
    ],
    [
      'a file among the blobs that is none',
      () => {
        mkdirSync(join(out(), 'blobs/other'));
        writeFileSync(join(out(), 'blobs/other/a.txt'), '');
      },
      ERROR,
      /blobs\/other\/a.txt: is not named by a digest/,
      'image-layout.md, "Blobs"',
    ],
  ];
}
