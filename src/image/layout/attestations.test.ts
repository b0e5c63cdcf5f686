import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore, sha256, type Store } from '../../base/node.ts';
import { imageFromLayers, openImage, validate, writeLayer, writeLayout, writeOciArchive } from '../index.ts';
import type { Descriptor } from '../types.ts';

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-attestations-'));
  store = await openStore(join(folder, 'store'));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const OCI = 'application/vnd.oci.image';
const INDEX = `${OCI}.index.v1+json`;
const indexOf = (manifests: readonly Descriptor[]): object => ({ schemaVersion: 2, mediaType: INDEX, manifests });
const json = (path: string): { manifests: Descriptor[] } => JSON.parse(readFileSync(path, 'utf8')) as { manifests: Descriptor[] };
const blobIn = (layout: string, { digest }: Descriptor): string => join(layout, 'blobs', digest.replace(':', '/'));

/** A layout as BuildKit writes it with `attest:sbom`: docs/attestations/attestation-storage.md. */
async function attested(name: string, statement = '{"_type":"https://in-toto.io/Statement/v0.1"}'): Promise<string> {
  const layout = join(folder, name);
  const file = { type: 'file', path: 'a', mode: 0o644, uid: 0, gid: 0, content: Buffer.from('a') } as const;
  const layer = await writeLayer([file], { mtimeSeconds: 0, createdBy: 'all' }, store);
  const settings = { created: '1970-01-01T00:00:00Z', architecture: 'amd64', os: 'linux', config: {} };
  const image = await writeLayout(layout, [await imageFromLayers(settings, [layer], store)], 'it');
  const add = (mediaType: string, bytes: string): Descriptor => {
    const descriptor = { mediaType, digest: sha256(Buffer.from(bytes)), size: bytes.length };
    writeFileSync(blobIn(layout, descriptor), bytes);
    return descriptor;
  };
  const said = add('application/vnd.in-toto+json', statement);
  const rootfs = { type: 'layers', diff_ids: [said.digest] };
  const config = add(`${OCI}.config.v1+json`, JSON.stringify({ architecture: 'unknown', os: 'unknown', config: {}, rootfs }));
  const manifest = { schemaVersion: 2, mediaType: `${OCI}.manifest.v1+json`, config, layers: [said] };
  const attestation = {
    ...add(manifest.mediaType, JSON.stringify(manifest)),
    annotations: { 'vnd.docker.reference.digest': image.digest, 'vnd.docker.reference.type': 'attestation-manifest' },
    platform: { architecture: 'unknown', os: 'unknown' },
  };
  const { annotations, ...bare } = image;
  const both = { ...add(INDEX, JSON.stringify(indexOf([bare, attestation]))), annotations: annotations ?? {} };
  writeFileSync(join(layout, 'index.json'), JSON.stringify(indexOf([both])));
  return layout;
}

test('an image with attestations is read as the image, and keeps them where it is written', async () => {
  const layout = await attested('whole');
  const image = await openImage(`oci:${layout}`);
  expect((await image.config()).architecture).toBe('amd64');
  const copy = join(folder, 'copy');
  const entry = await writeLayout(copy, [image], 'it');
  const [first, second] = json(blobIn(copy, entry)).manifests;
  expect(first?.digest).toBe(await image.digest());
  expect(second).toEqual(json(blobIn(layout, json(join(layout, 'index.json')).manifests[0]!)).manifests[1]);
  expect(
    existsSync(blobIn(copy, { mediaType: '', size: 0, digest: sha256(Buffer.from('{"_type":"https://in-toto.io/Statement/v0.1"}')) })),
  ).toBe(true);
  expect(await (await openImage(`oci:${copy}:it`)).digest()).toBe(await image.digest());
  const archive = join(folder, 'copy.tar');
  await writeOciArchive(archive, [image], 'it');
  expect((await openImage(`oci-archive:${archive}`)).attestations).toEqual([second]);
});

test('attestations of another image do not go with it', async () => {
  const layout = await attested('other');
  const path = blobIn(layout, json(join(layout, 'index.json')).manifests[0]!);
  const text = readFileSync(path, 'utf8').replace(/("vnd.docker.reference.digest":")sha256:[0-9a-f]{8}/, '$1sha256:00000000');
  const digest = sha256(Buffer.from(text));
  writeFileSync(blobIn(layout, { mediaType: INDEX, digest, size: text.length }), text);
  writeFileSync(join(layout, 'index.json'), JSON.stringify(indexOf([{ mediaType: INDEX, digest, size: text.length }])));
  expect((await openImage(`oci:${layout}`)).attestations).toEqual([]);
});

test('a layout with attestations is valid, and is not when a statement was changed', async () => {
  const layout = await attested('sound');
  expect(await validate(layout)).toEqual([]);
  const damaged = await attested('damaged', '{"_type":"damaged"}');
  writeFileSync(blobIn(damaged, { mediaType: '', size: 0, digest: sha256(Buffer.from('{"_type":"damaged"}')) }), '{"_type":"dAmaged"}');
  expect(await validate(damaged)).toMatchObject([{ where: expect.stringContaining('layer 1'), what: expect.stringContaining('sha256:') }]);
});
