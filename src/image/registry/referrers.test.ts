import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hexOf, openStore, type Store } from '../../base/node.ts';
import { attachedBytes, withAttachment, type Descriptor, type Image } from '../index.ts';
import { MEDIA } from '../spec/media-types.ts';
import type { RegistryJob } from './job.ts';
import { parseRegistryName, type RegistryName } from './name.ts';
import { pullImage } from './pull.ts';
import { pushImages } from './push.ts';
import { attach, referrersOf } from './referrers.ts';
import { has, makeImage, skopeo, startDouble, startRegistry, type TestRegistry } from './registry.testing.ts';

let folder: string;
let store: Store;
let image: Image;
let job: RegistryJob;
let subject: Descriptor;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-referrers-'));
  store = await openStore(join(folder, 'store'));
  job = { store, env: { HOME: folder }, patience: { backOffMs: 1 } };
  image = await makeImage(store);
  subject = { mediaType: MEDIA.manifest, digest: await image.digest(), size: (await image.manifest()).length };
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const SBOM = { artifactType: 'application/vnd.cyclonedx+json', bytes: Buffer.from('{"bomFormat":"CycloneDX"}') };
const NOTE = { artifactType: 'application/vnd.example.note', bytes: Buffer.from('note'), annotations: { by: 'ada' } };

/** docker-registry 2.8 knows no list of referrers, and so the tag is used. */
describe.skipIf(!has('docker-registry') || !has('skopeo'))('what is attached to an image in a registry', () => {
  let registry: TestRegistry;
  let name: RegistryName;
  beforeAll(async () => {
    registry = await startRegistry(join(folder, 'registry'));
    name = parseRegistryName(`${registry.host}/team/app:1`);
    await pushImages([image], name, job);
  });
  afterAll(() => registry.stop());

  test('is listed by its kind, once, and the image stays as it was', async () => {
    expect(await referrersOf(name, subject.digest, job)).toEqual([]);
    const sbom = await attach(name, subject, SBOM, job);
    const note = await attach(name, subject, NOTE, job);
    await attach(name, subject, SBOM, job);
    expect(await referrersOf(name, subject.digest, job)).toEqual([sbom, note]);
    expect(await referrersOf(name, subject.digest, job, NOTE.artifactType)).toEqual([note]);
    expect(await (await pullImage(name, undefined, job)).digest()).toBe(subject.digest);
  });

  test('is pushed with its image, and found again where that is opened', async () => {
    const to = parseRegistryName(`${registry.host}/team/listed:1`);
    await pushImages([await withAttachment(image, SBOM)], to, job);
    const pulled = await pullImage(to, undefined, job);
    expect(await attachedBytes(pulled, SBOM.artifactType, 1000)).toEqual(SBOM.bytes);
    expect((await pulled.attached()).map(({ entry }) => entry)).toEqual(await referrersOf(to, subject.digest, job));
  });

  test('is what skopeo finds under its digest, and names the image', async () => {
    const { digest } = await attach(name, subject, SBOM, job);
    const raw = JSON.parse(skopeo('inspect', '--raw', '--tls-verify=false', `docker://${registry.host}/team/app@${digest}`));
    expect([raw.subject.digest, raw.artifactType]).toEqual([subject.digest, SBOM.artifactType]);
    const tag = JSON.parse(
      skopeo('inspect', '--raw', '--tls-verify=false', `docker://${registry.host}/team/app:sha256-${hexOf(subject.digest)}`),
    );
    expect(tag.manifests.map((one: Descriptor) => one.digest)).toContain(digest);
  });
});

test('a registry that lists them by itself is asked page by page, and no tag is written', async () => {
  const entry = (artifactType: string, digit: string): Descriptor => ({
    mediaType: MEDIA.manifest,
    digest: `sha256:${digit.repeat(64)}`,
    size: 2,
    artifactType,
  });
  const pages = [[entry('a/a', '1')], [entry('b/b', '2'), entry('a/a', '3')]];
  const double = await startDouble((request, response, line) => {
    request.resume();
    if (line.includes('/referrers/')) {
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page') ?? 0);
      const next = page === 0 ? { link: `</v2/team/app/referrers/${subject.digest}?page=1>; rel="next"` } : {};
      return response
        .writeHead(200, { 'content-type': MEDIA.index, ...next })
        .end(JSON.stringify({ schemaVersion: 2, manifests: pages[page] }));
    }
    if (request.method === 'HEAD') return response.writeHead(200).end();
    return response.writeHead(201, { 'oci-subject': subject.digest }).end();
  });
  const name = parseRegistryName(`${double.host}/team/app:1`);
  try {
    expect(await referrersOf(name, subject.digest, job, 'a/a')).toEqual([pages[0]![0], pages[1]![1]]);
    const attached = await attach(name, subject, SBOM, job);
    expect(double.requests.filter(({ line }) => line.startsWith('PUT')).map(({ line }) => line)).toEqual([
      `PUT /v2/team/app/manifests/${attached.digest}`,
    ]);
  } finally {
    await double.stop();
  }
});
