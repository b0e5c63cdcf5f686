import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStore, sha256, type Store } from '../../base/node.ts';
import {
  encodeHead,
  errorsAmong,
  imageFromLayers,
  validate,
  writeLayer,
  writeLayout,
  writeOciArchive,
  openImage,
  type Descriptor,
  type TarHead,
} from '../index.ts';
import { layoutAt, type Parts } from './broken-layout.testing.ts';
import { askImageSpec, whyNoImageSpec } from './image-spec.testing.ts';
import { doubledKeys } from './json-keys.ts';

let folder: string;
let store: Store;
let good: string;
let out: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-checks-'));
  store = await openStore(join(folder, 'store'));
  good = join(folder, 'good');
  const file = { type: 'file', path: 'a', mode: 0o644, uid: 0, gid: 0, content: Buffer.from('a') } as const;
  const layer = await writeLayer([file], { mtimeSeconds: 0, createdBy: 'x' }, store);
  await writeLayout(good, [imageFromLayers({ architecture: 'amd64', os: 'linux', config: { User: '1:1' } }, [layer], store)], 'tag');
});
beforeEach(() => {
  out = mkdtempSync(join(folder, 'out-'));
  cpSync(good, out, { recursive: true });
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const { blobAt, parts, put, change } = layoutAt(() => out);
const run = (config: Readonly<Record<string, unknown>>) => () => change((all) => (all.config['config'] = config));
const manifest = (edit: (manifest: Parts['manifest']) => unknown) => () => change((all) => void edit(all.manifest));
const layer = (fields: Readonly<Record<string, unknown>>) => manifest((it) => (it.layers[0] = { ...it.layers[0]!, ...fields }));
const writeIndex = (index: unknown): void => writeFileSync(join(out, 'index.json'), JSON.stringify(index));
const indexJson = (edit: (index: Parts['index']) => unknown) => () => {
  const { index } = parts();
  edit(index);
  writeIndex(index);
};
/** A whole layer in the place of the first, with everything that depends on it. */
const tarIs = (tar: Uint8Array, packed: Uint8Array = gzipSync(tar), mediaType?: string) =>
  change(({ manifest: it, config }) => {
    it.layers[0] = { ...it.layers[0]!, ...put(packed), ...(mediaType === undefined ? {} : { mediaType }) };
    config.rootfs.diff_ids[0] = sha256(tar);
  });
const head = (path: string, more: Partial<TarHead> = {}): Uint8Array =>
  encodeHead({ path, type: 'file', mode: 0o644, uid: 0, gid: 0, sizeBytes: 0, mtimeSeconds: 0, ...more });
const END = Buffer.alloc(1024);
const tar = (...heads: readonly Uint8Array[]): Buffer => Buffer.concat([...heads, END]);
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const OCI = 'application/vnd.oci.image';
const EMPTY = { mediaType: 'application/vnd.oci.empty.v1+json', digest: sha256('{}'), size: 2 };
/** An artifact in index.json, beside the image. */
const attach =
  (fields: Readonly<Record<string, unknown>>, named: Readonly<Record<string, unknown>> = {}) =>
  () => {
    put(Buffer.from('{}'));
    const { index } = parts();
    const bytes = json({
      schemaVersion: 2,
      mediaType: `${OCI}.manifest.v1+json`,
      artifactType: 'application/x-sbom',
      config: EMPTY,
      layers: [EMPTY],
      ...fields,
    });
    writeIndex({ ...index, manifests: [...index.manifests, { mediaType: `${OCI}.manifest.v1+json`, ...put(bytes), ...named }] });
  };
/** The index of index.json in a blob of its own, changed. */
const nested = (edit: (index: Parts['index']) => unknown) => () => {
  const { index } = parts();
  edit(index);
  writeIndex({ schemaVersion: 2, manifests: [{ mediaType: `${OCI}.index.v1+json`, ...put(json(index)) }] });
};

const ERROR = 'error';
const NOTE = 'note';
type Case = readonly [string, () => unknown, 'error' | 'note', RegExp, string];

const documents: readonly Case[] = [
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
        const bytes = readFileSync(join(out, 'index.json'));
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
      mkdirSync(join(out, 'blobs/other'));
      writeFileSync(join(out, 'blobs/other/a.txt'), '');
    },
    ERROR,
    /blobs\/other\/a.txt: is not named by a digest/,
    'image-layout.md, "Blobs"',
  ],
];

const configs: readonly Case[] = [
  ['a user that is none', run({ User: 'a b' }), ERROR, /config.User: `a b` is neither/, 'config.md'],
  ['a user of an id beyond all', run({ User: '4294967295' }), ERROR, /config.User: 4294967295 is larger/, 'config.md'],
  ['a port that is none', run({ ExposedPorts: { '80/http': {} } }), ERROR, /ExposedPorts.80\/http: is no/, 'config.md'],
  ['a port beyond all', run({ ExposedPorts: { '65536/tcp': {} } }), ERROR, /ExposedPorts.65536\/tcp: is no/, 'config.md'],
  ['a port of SCTP', run({ ExposedPorts: { '80/sctp': {} } }), NOTE, /knows tcp and udp alone/, 'config.md'],
  ['a variable twice', run({ Env: ['A=1', 'A=2'] }), NOTE, /config.Env\[1\]: `A` is set a second time/, 'config.md'],
  ['a volume that is no path', run({ Volumes: { data: {} } }), NOTE, /Volumes.data: is no absolute path/, 'config.md'],
  ['a working directory that is no path', run({ WorkingDir: 'app' }), NOTE, /WorkingDir: `app` is no absolute path/, 'config.md'],
  ['a signal that nobody knows', run({ StopSignal: 'SIGSTOPP' }), ERROR, /StopSignal: `SIGSTOPP` is no signal/, 'config.md'],
  ['a real-time signal beyond all', run({ StopSignal: 'SIGRTMIN+16' }), ERROR, /StopSignal: `SIGRTMIN\+16` is no signal/, 'config.md'],
  ['a signal by its number', run({ StopSignal: '15' }), NOTE, /`15` is not in the form SIGNAME/, 'config.md'],
  ['a health check of an unknown kind', run({ Healthcheck: { Test: ['RUN', 'x'] } }), ERROR, /Healthcheck.Test: `RUN` is none of/, 'moby'],
  ['a health check that runs nothing', run({ Healthcheck: { Test: ['CMD'] } }), ERROR, /CMD runs nothing/, 'moby'],
  ['a health check of nothing and more', run({ Healthcheck: { Test: ['NONE', 'x'] } }), ERROR, /NONE takes nothing more/, 'moby'],
  [
    'a health check in seconds',
    run({ Healthcheck: { Test: ['CMD', 'x'], Interval: 30 } }),
    ERROR,
    /Interval: 30 nanoseconds are less than/,
    'moby',
  ],
  [
    'a label of a reserved name',
    run({ Labels: { 'org.opencontainers.image.mood': 'x' } }),
    NOTE,
    /Labels.*mood: is no key/,
    'annotations.md',
  ],
];

const layers: readonly Case[] = [
  [
    'gzip that is called zstd',
    layer({ mediaType: `${OCI}.layer.v1.tar+zstd` }),
    ERROR,
    /its bytes are gzip, its media type .* says zstd/,
    'Media Type Conflicts',
  ],
  [
    'gzip that is called a plain tar',
    layer({ mediaType: `${OCI}.layer.v1.tar` }),
    ERROR,
    /its bytes are gzip, .* says a plain tar/,
    'Media Type Conflicts',
  ],
  [
    'zstd that is called gzip',
    () => tarIs(END, Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0, 1, 0, 0])),
    ERROR,
    /its bytes are zstd, .* says gzip/,
    'Media Type Conflicts',
  ],
  [
    'two entries of one path',
    () => tarIs(tar(head('a'), head('b'), head('./a'))),
    ERROR,
    /has more than one entry for `a`$/,
    'Distributable Format',
  ],
  [
    'two whiteouts of one path',
    () => tarIs(tar(head('.wh.a'), head('.wh.a'))),
    ERROR,
    /has more than one entry for `.wh.:a`/,
    'Distributable Format',
  ],
  ['an absolute name', () => tarIs(tar(head('/etc/passwd'))), NOTE, /has absolute names: `\/etc\/passwd`/, 'Representing Changes'],
  ['a name that leads out', () => tarIs(tar(head('../a'))), ERROR, /leaves the layer/, 'Distributable Format'],
  [
    'an entry of an unknown type',
    () => {
      const entry = Buffer.from(head('a'));
      entry[156] = 0x5a;
      entry.write(checksumOf(entry), 148);
      tarIs(Buffer.concat([entry, END]));
    },
    ERROR,
    /unknown entry type "Z"/,
    'Distributable Format',
  ],
  ['a layer without entries', () => tarIs(END), NOTE, /has no entry/, 'Representing Changes'],
  [
    'a layer of no bytes',
    () => tarIs(Buffer.alloc(0), Buffer.alloc(0), `${OCI}.layer.v1.tar`),
    ERROR,
    /ends without an end mark/,
    'Distributable Format',
  ],
  ['a layer of gzip of nothing', () => tarIs(Buffer.alloc(0)), ERROR, /ends without an end mark/, 'Distributable Format'],
];

/** POSIX ustar: six octal digits, NUL, blank. */
function checksumOf(block: Buffer): string {
  const sum = block.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
  return `${sum.toString(8).padStart(6, '0')}\0 `;
}

describe.each([
  ['documents', documents],
  ['configs', configs],
  ['layers', layers],
])('of %s', (_, cases) => {
  test.each(cases)('%s is found, with its place and its section', async (__, damage, severity, told, section) => {
    damage();
    const found = await validate(`oci:${out}`);
    expect(found.map(({ where, what }) => `${where}: ${what}`).join('\n')).toMatch(told);
    const one = found.find(({ where, what }) => told.test(`${where}: ${what}`));
    expect([one?.severity, one?.section]).toEqual([severity, expect.stringContaining(section)]);
    // Nothing else is wrong, and where it is a note, nothing is an error.
    expect(found.filter((each) => each.severity === 'error')).toEqual(severity === 'error' ? [one] : []);
    const { blob, path } = one!;
    if (blob !== undefined) expect(existsSync(blobAt(blob)) || /lacks/.test(one!.what)).toBe(true);
    if (path !== undefined) expect(one!.where.endsWith(path)).toBe(true);
  });
});

/** A variant that only the index has: a note here, because builders leave it out of configs, and the specification lets them. */
const LEFT_OUT = ['a variant of another architecture', 'a variant that the config lacks'];

test.skipIf(whyNoImageSpec !== undefined)(
  'what go-containerregistry’s `validate` finds is an error here too, in the same broken layouts',
  async () => {
    const judged: { name: string; folder: string; errors: number }[] = [];
    for (const [name, damage] of [['nothing', () => {}] as const, ...documents, ...configs, ...layers]) {
      out = mkdtempSync(join(folder, 'asked-'));
      cpSync(good, out, { recursive: true });
      damage();
      judged.push({ name, folder: out, errors: errorsAmong(await validate(`oci:${out}`)).length });
    }
    const theirs = askImageSpec(judged.map((each) => ({ kind: 'layout', folder: each.folder })));
    expect(theirs[0]).toBe('');
    expect(theirs.filter((said) => said !== '').length).toBeGreaterThan(8);
    expect(judged.flatMap(({ name, errors }, i) => (theirs[i] !== '' && errors === 0 ? [name] : []))).toEqual(LEFT_OUT);
  },
  300_000,
);

test('what is found in a folder is found in an archive of it', async () => {
  const archive = join(folder, 'image.tar');
  tarIs(tar(head('a'), head('a')));
  await writeOciArchive(archive, [await openImage(out)], 'tag');
  const whats = (found: Awaited<ReturnType<typeof validate>>): readonly string[] => found.map(({ what }) => what);
  expect(whats(await validate(`oci-archive:${archive}`))).toEqual(whats(await validate(out)));
  expect(await validate(out)).toHaveLength(1);
});

test('what is attached to an image that is here is no finding, and neither is an artifact of whatever type', async () => {
  const { index } = parts();
  const { mediaType, digest, size } = index.manifests[0] as Descriptor;
  attach({ subject: { mediaType, digest, size } }, { artifactType: 'application/x-sbom' })();
  expect(await validate(out)).toEqual([]);
  const chart = put(Buffer.from('chart'));
  const config = { mediaType: 'application/vnd.cncf.helm.config.v1+json', ...put(Buffer.from('{"name":"a"}')) };
  attach({ artifactType: undefined, config, layers: [{ mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', ...chart }] })();
  rmSync(blobAt(EMPTY.digest));
  writeIndex({ ...parts().index, manifests: parts().index.manifests.filter((_, i) => i !== 1) });
  expect((await validate(out)).filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('data that agrees is no finding', async () => {
  manifest((it) => (it.config = { ...it.config, data: readFileSync(blobAt(it.config.digest)).toString('base64') }))();
  expect(await validate(out)).toEqual([]);
});

test('keys that are there twice are found at their places', () => {
  expect(doubledKeys('{"a":[{"b":1,"b":{"c":1}},{"b":2}],"d":"a\\":","d":"}","e":{"a":1}}')).toEqual(['a[0].b', 'd']);
  expect(doubledKeys('[{"a":1},{"a":1}]')).toEqual([]);
});
