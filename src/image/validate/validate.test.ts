import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../base/node.ts';
import { layerKey, openImage, validate, validateImage, type Descriptor, type MeasuredLayers, type Mismatch } from '../index.ts';
import { soundLayout } from './broken-layout.testing.ts';

const { out, blobAt, parts, put, change } = soundLayout();

test('a layer is counted once; when its blob breaks later, only those who did not count it before are told so', async () => {
  const measured: MeasuredLayers = new Map();
  expect(await validateImage(await openImage(out()), measured)).toEqual([]);
  const [layer] = parts().manifest.layers;
  const tar = gunzipSync(readFileSync(blobAt(layer!.digest)));
  expect(await measured.get(layerKey(layer!))).toEqual({ problems: [], diffId: sha256(tar), uncompressed: tar.length });
  writeFileSync(blobAt(layer!.digest), 'broken');
  expect(await validateImage(await openImage(out()), measured)).toEqual([]);
  expect(await validateImage(await openImage(out()))).not.toEqual([]);
});

const whats = (found: readonly Mismatch[]): string[] => found.map(({ where, what }) => `${where}: ${what}`);

test('an image that keeps to the specification has no mismatch, in a layout and by itself', async () => {
  expect(await validate(out())).toEqual([]);
  expect(await validateImage(await openImage(out()))).toEqual([]);
  change(() => {});
  expect(await validate(out())).toEqual([]);
});

describe('each part that is wrong is named', () => {
  const layerBlob = (): string => blobAt(parts().manifest.layers[0]!.digest);
  const layerIs = (bytes: Uint8Array): void => change(({ manifest }) => (manifest.layers[0] = { ...manifest.layers[0]!, ...put(bytes) }));
  test.each<[string, () => unknown, RegExp]>([
    [
      'a layer with one changed byte',
      () => writeFileSync(layerBlob(), readFileSync(layerBlob()).fill(0, 30, 31)),
      /^index.json manifests\[0\] layer 1 \(sha256:.*does not match its digest/,
    ],
    ['a layer that is cut off', () => writeFileSync(layerBlob(), readFileSync(layerBlob()).subarray(0, -1)), /layer 1 .* bytes instead of/],
    ['a layer that is not there', () => rmSync(layerBlob()), /layer 1 .* lacks `blobs\/sha256\//],
    [
      'a diff id of another tar',
      () => change(({ config }) => (config.rootfs.diff_ids[0] = sha256('x'))),
      /layer 1 .*its tar is sha256:.*diff_ids\[0\] says sha256:/,
    ],
    [
      'a missing diff id',
      () => change(({ config }) => config.rootfs.diff_ids.pop()),
      /config rootfs.diff_ids: has 0 diff_ids, the manifest has 1 layers/,
    ],
    ['history of too many layers', () => change(({ config }) => (config['history'] = [{}, {}])), /config history: its history has 2 steps/],
    ['a config without architecture', () => change(({ config }) => delete config['architecture']), /config architecture: is missing/],
    [
      'a config of another platform than the index says',
      () => change(({ config }) => (config['architecture'] = 'arm64')),
      /config architecture: is arm64, the index says amd64/,
    ],
    ['a creation date that is none', () => change(({ config }) => (config['created'] = 'yesterday')), /config created: should be a date/],
    [
      'an environment entry without a name',
      () => change(({ config }) => (config['config'] = { Env: ['=x'] })),
      /config config.Env\[0\]: should be `NAME=value`/,
    ],
    [
      'a manifest of version 1',
      () => change(({ manifest }) => (manifest['schemaVersion'] = 1)),
      /index.json manifests\[0\] schemaVersion: should be 2, is 1/,
    ],
    [
      'a layer of no media type',
      () => change(({ manifest }) => (manifest.layers[0] = { ...manifest.layers[0]!, mediaType: 'text/plain' })),
      /layer 1 .*media type `text\/plain` is no layer's/,
    ],
    [
      'a config of another media type',
      () => change(({ manifest }) => (manifest.config = { ...manifest.config, mediaType: 'application/json' })),
      /config: media type `application\/json` is not an image config's/,
    ],
    [
      'a size below zero',
      () => change(({ manifest }) => (manifest.layers[0] = { ...manifest.layers[0]!, size: -1 })),
      /layers\[0\].size: should be a whole number/,
    ],
    [
      'a digest that leads out of the layout',
      () => change(({ manifest }) => (manifest.layers[0] = { ...manifest.layers[0]!, digest: 'sha256:../../../etc/passwd' })),
      /layers\[0\].digest: should be `sha256:`/,
    ],
    ['a manifest that is not there', () => rmSync(blobAt(parts().index.manifests[0]!.digest)), /index.json manifests\[0\]: .*lacks/],
    ['an index.json that is no JSON', () => writeFileSync(join(out(), 'index.json'), '{'), /^index.json: is no JSON/],
    ['a missing index.json', () => rmSync(join(out(), 'index.json')), /^index.json: .*lacks `index.json`/],
    ['a missing oci-layout', () => rmSync(join(out(), 'oci-layout')), /^oci-layout: .*lacks/],
    [
      'another layout version',
      () => writeFileSync(join(out(), 'oci-layout'), '{"imageLayoutVersion":"2.0.0"}'),
      /^oci-layout imageLayoutVersion: should be "1.0.0"/,
    ],
    ['a layer that is no gzip', () => layerIs(Buffer.from('plain')), /layer 1 .*is broken gzip/],
    ['a layer that is no tar', () => layerIs(gzipSync(Buffer.alloc(1024, 'x'))), /layer 1 .*broken tar at byte 0/],
    [
      'a layer that expands without end',
      () => layerIs(gzipSync(Buffer.alloc(300 * 1024 * 1024), { level: 1 })),
      /layer 1 .*expands to more than 268435456 bytes/,
    ],
  ])('%s', async (_, damage, what) => {
    damage();
    const found = whats(await validate(out()));
    expect(found.join('\n')).toMatch(what);
    expect(found).toHaveLength(1);
  });

  test('several faults are all reported at once', async () => {
    change(({ config }) => {
      config.rootfs.diff_ids[0] = sha256('x');
      config['architecture'] = 'arm64';
    });
    rmSync(join(out(), 'oci-layout'));
    expect(whats(await validate(`oci:${out()}`))).toHaveLength(3);
  });
});

describe('hostile images end in mismatches', () => {
  const indexOf = (manifests: readonly Descriptor[]): Descriptor => ({
    mediaType: 'application/vnd.oci.image.index.v1+json',
    ...put(Buffer.from(JSON.stringify({ schemaVersion: 2, manifests }))),
  });

  test('an index that names itself through others, thousands of times', async () => {
    const platforms = Array.from({ length: 400 }, (_, i) => ({ os: 'linux', architecture: `a${i}` }));
    const missing = { ...parts().index.manifests[0]!, digest: sha256('not there') };
    const inner = indexOf(platforms.map((platform) => ({ ...missing, platform })));
    const middle = indexOf(platforms.map((platform) => ({ ...inner, platform })));
    writeFileSync(join(out(), 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [middle] }));
    expect(whats(await validate(out())).join('\n')).toContain('more than 1000 images are named');
    await expect(openImage(out())).rejects.toThrow('more than 1000 images');
  });

  test('a document larger than any real one is not read', async () => {
    writeFileSync(join(out(), 'index.json'), Buffer.alloc(5 * 1024 * 1024, ' '));
    expect(whats(await validate(out()))).toEqual([`index.json: ${out()}: index.json is larger than 4194304 bytes`]);
  });

  test('a folder where a blob should be', async () => {
    const { digest } = parts().manifest.layers[0]!;
    rmSync(blobAt(digest));
    mkdirSync(blobAt(digest));
    expect(whats(await validate(out()))).toHaveLength(1);
  });

  test('any file of a layout, cut or with its bytes turned, ends in a mismatch', async () => {
    const files = ['index.json', 'oci-layout', ...readdirSync(join(out(), 'blobs/sha256')).map((name) => `blobs/sha256/${name}`)];
    for (const file of files) {
      const bytes = readFileSync(join(out(), file));
      for (const bad of [bytes.subarray(0, bytes.length / 2), Buffer.from(bytes.toReversed()), Buffer.alloc(0)]) {
        writeFileSync(join(out(), file), bad);
        expect((await validate(`oci:${out()}`)).length, file).toBeGreaterThan(0);
      }
      writeFileSync(join(out(), file), bytes);
    }
    expect(await validate(out())).toEqual([]);
  });
});
