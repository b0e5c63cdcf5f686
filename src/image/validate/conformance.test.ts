import { beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../base/node.ts';
import { readConfig, readIndex, readManifest, type Index } from '../spec/documents.ts';
import { MEDIA } from '../spec/media-types.ts';
import type { Manifest } from '../types.ts';
import { errorsAmong, reporter, SECTION, tellFlaws, type Mismatch } from './finding.ts';
import { checkManifest } from './image.ts';
import { checkIndex } from './index-document.ts';
import { askImageSpec, whyNoImageSpec } from './image-spec.testing.ts';

const descriptor = (mediaType: string) => ({
  mediaType,
  digest: sha256(mediaType),
  size: 7,
  urls: ['https://a.example/b'],
  annotations: { a: 'b' },
});
const HI = { digest: sha256('hi'), size: 2, data: Buffer.from('hi').toString('base64') };
const platform = { os: 'windows', architecture: 'arm64', variant: 'v8', 'os.version': '10.0', 'os.features': ['win32k'] };
/** Each field of the three documents, at least once. */
const documents: Readonly<Record<string, { readonly kind: string; readonly document: unknown }>> = {
  index: {
    kind: MEDIA.index,
    document: {
      schemaVersion: 2,
      mediaType: MEDIA.index,
      artifactType: 'application/x-a',
      manifests: [{ ...descriptor(MEDIA.manifest), platform, artifactType: 'application/x-a', ...HI }],
      subject: descriptor(MEDIA.manifest),
      annotations: { a: 'b' },
    },
  },
  manifest: {
    kind: MEDIA.manifest,
    document: {
      schemaVersion: 2,
      mediaType: MEDIA.manifest,
      artifactType: 'application/x-a',
      config: descriptor(MEDIA.config),
      layers: [{ ...descriptor(MEDIA.layerGzip), ...HI }],
      subject: descriptor(MEDIA.manifest),
      annotations: { a: 'b' },
    },
  },
  config: {
    kind: MEDIA.config,
    document: {
      created: '2026-01-02T03:04:05Z',
      author: 'a',
      ...platform,
      config: {
        User: 'a',
        ExposedPorts: { '80/tcp': {} },
        Env: ['A=b'],
        Entrypoint: ['a'],
        Cmd: ['b'],
        Volumes: { '/a': {} },
        WorkingDir: '/',
        Labels: { a: 'b' },
        StopSignal: 'SIGTERM',
        ArgsEscaped: false,
      },
      rootfs: { type: 'layers', diff_ids: [sha256('a')] },
      history: [{ created: '2026-01-02T03:04:05Z', created_by: 'a', author: 'a', comment: 'c', empty_layer: false }],
    },
  },
};

interface Mutation {
  readonly name: string;
  readonly document: unknown;
}

const OTHERS: readonly unknown[] = [1, -1, 1.5, '', 'x', 'a/b', 'sha256:zz', '2026-01-02', true, [], [1], {}, { a: 1 }];

/** The document without each of its parts, and with other values in their places. */
function mutations(value: unknown, at = ''): readonly Mutation[] {
  if (typeof value !== 'object' || value === null) return [];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = isList ? `${at}[${key}]` : `${at}.${key}`;
    const put = (other: unknown): unknown =>
      isList ? value.map((old: unknown, i) => (String(i) === key ? other : old)) : { ...value, [key]: other };
    const without = isList
      ? value.filter((_, i) => String(i) !== key)
      : Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    return [
      { name: `${path} gone`, document: without },
      ...OTHERS.map((other) => ({ name: `${path} = ${JSON.stringify(other)}`, document: put(other) })),
      ...mutations(inner, path).map(({ name, document }) => ({ name, document: put(document) })),
    ];
  });
}

/** Errors in the document alone, without what it names. */
function ours(kind: string, bytes: Uint8Array): readonly string[] {
  const found: Mismatch[] = [];
  const report = reporter(found, '', SECTION.manifest);
  const reading = kind === MEDIA.index ? readIndex(bytes) : kind === MEDIA.manifest ? readManifest(bytes) : readConfig(bytes);
  tellFlaws(reading, report);
  if (reading.value && kind === MEDIA.index) checkIndex(reading.value as Index, bytes, undefined, report);
  if (reading.value && kind === MEDIA.manifest) checkManifest(reading.value as Manifest, bytes, undefined, report);
  return errorsAmong(found).map(({ where, what }) => `${where}: ${what}`);
}

describe.skipIf(whyNoImageSpec !== undefined)('image-spec’s own schemas', () => {
  const all = Object.entries(documents).flatMap(([name, { kind, document }]) =>
    [{ name: '', document }, ...mutations(document)].map((mutation) => ({ ...mutation, name: `${name}${mutation.name}`, kind })),
  );
  let judged: readonly { readonly name: string; readonly ours: readonly string[]; readonly theirs: string }[];
  beforeAll(() => {
    const theirs = askImageSpec(all);
    judged = all.map(({ name, kind, document }, i) => ({
      name,
      ours: ours(kind, Buffer.from(JSON.stringify(document))),
      theirs: theirs[i] ?? '',
    }));
  }, 300_000);

  test('refuse nothing that is not an error here, but for a manifest without layers, which the text of the specification only advises against', () => {
    expect(all.length).toBeGreaterThan(500);
    expect(judged.filter(({ theirs }) => theirs !== '').length).toBeGreaterThan(300);
    expect(judged.flatMap((each) => (each.theirs !== '' && each.ours.length === 0 ? [each.name] : []))).toEqual([
      'manifest.layers = []',
      'manifest.layers[0] gone',
    ]);
  });

  test('take documents that are errors here only where the text of the specification says more than they do', () => {
    const more = judged
      .filter((each) => each.ours.length > 0 && each.theirs === '')
      .map(({ name }) => name.replace(/^\w+\./, '').replace(/ (?:=|gone).*/, ''));
    expect([...new Set(more.map((path) => path.replace(/^.*(?=digest|size|diff_ids|data|artifactType$)/, '')))].toSorted()).toEqual([
      'architecture',
      'artifactType',
      'data',
      'diff_ids[0]',
      'digest',
      'manifests[0].platform.architecture',
      'manifests[0].platform.os',
      'mediaType',
      'os',
      'size',
    ]);
    for (const { ours: said } of judged.filter(({ name }) => !/[.[]/.test(name))) expect(said).toEqual([]);
  });
});
