import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hexOf, openStore, sha256, type Store } from '../../base/node.ts';
import { validate, type Descriptor, type Image } from '../index.ts';
import { MEDIA } from '../spec/media-types.ts';
import { makeImage, startDouble, type Double } from './registry.testing.ts';

let folder: string;
let store: Store;
let image: Image;
let served: Map<string, Uint8Array>;
let subject: Descriptor;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-referrers-judged-'));
  store = await openStore(join(folder, 'store'));
  image = await makeImage(store);
  const manifest = await image.manifest();
  subject = { mediaType: MEDIA.manifest, digest: await image.digest(), size: manifest.length };
  const { config, layers } = await image.parsedManifest();
  served = new Map<string, Uint8Array>([
    ['1', manifest],
    [subject.digest, manifest],
  ]);
  for (const blob of [config, ...layers]) {
    const pieces: Uint8Array[] = [];
    for await (const piece of image.blob(blob)) pieces.push(piece);
    served.set(blob.digest, Buffer.concat(pieces));
  }
});
const doubles: Double[] = [];
afterEach(async () => {
  for (const double of doubles.splice(0)) await double.stop();
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const EMPTY = { mediaType: 'application/vnd.oci.empty.v1+json', digest: sha256('{}'), size: 2 };

/** Something that is attached, as a document and as a list names it. */
function referrer(to: Descriptor = subject, artifactType = 'application/x-sbom'): { bytes: Buffer; entry: Descriptor } {
  const document = { schemaVersion: 2, mediaType: MEDIA.manifest, artifactType, config: EMPTY, layers: [EMPTY], subject: to };
  const bytes = Buffer.from(JSON.stringify(document));
  return { bytes, entry: { mediaType: MEDIA.manifest, digest: sha256(bytes), size: bytes.length, artifactType } };
}

interface Lists {
  readonly documents?: readonly Uint8Array[];
  /** What the registry lists; a status where it lists nothing. */
  readonly api?: readonly Descriptor[] | number;
  readonly tag?: readonly Descriptor[];
}

/** What is told of a registry with the image and these lists. */
async function judged({ documents = [], api = 404, tag }: Lists): Promise<readonly string[]> {
  const list = (manifests: readonly Descriptor[]): Buffer =>
    Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA.index, manifests }));
  const all = new Map([...served, ...documents.map((bytes) => [sha256(bytes), bytes] as const)]);
  const send = (response: ServerResponse, bytes: Uint8Array, type: string): unknown =>
    response.writeHead(200, { 'content-type': type }).end(bytes);
  const double = await startDouble((request: IncomingMessage, response) => {
    const path = request.url ?? '';
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (path.includes('/referrers/'))
      return typeof api === 'number' ? response.writeHead(api).end() : send(response, list(api), MEDIA.index);
    if (name === `sha256-${hexOf(subject.digest)}` && tag) return send(response, list(tag), MEDIA.index);
    const bytes = all.get(name);
    return bytes
      ? send(response, bytes, path.includes('/manifests/') ? MEDIA.manifest : 'application/octet-stream')
      : response.writeHead(404).end();
  });
  doubles.push(double);
  const found = await validate(`${double.host}/team/app:1`, { store, env: { HOME: folder }, patience: { backOffMs: 1, attempts: 2 } });
  return found.map(({ severity, what, section }) => `${severity}: ${what} [${section}]`);
}

describe('what is attached to an image in a registry is judged with it', () => {
  let bytes: Buffer;
  let entry: Descriptor;
  beforeAll(() => {
    ({ bytes, entry } = referrer());
  });

  test('what is right is no finding, by the registry’s list, by the tag, and by both', async () => {
    expect(await judged({})).toEqual([]);
    expect(await judged({ documents: [bytes], api: [entry] })).toEqual([]);
    expect(await judged({ documents: [bytes], tag: [entry] })).toEqual([]);
    expect(await judged({ documents: [bytes], api: [entry], tag: [entry] })).toEqual([]);
  });

  test('what the tag lists and the registry does not is an error', async () => {
    expect(await judged({ documents: [bytes], api: [], tag: [entry] })).toEqual([
      `error: ${entry.digest} is listed under the tag, and not by the registry [distribution-spec, "Referrers Tag Schema"]`,
    ]);
  });

  test('what is listed and not there, of another image, of another kind or size is an error', async () => {
    expect((await judged({ api: [entry] }))[0]).toMatch(/^error: .*is not there/);
    const other = referrer({ ...subject, digest: sha256('other') });
    expect((await judged({ documents: [other.bytes], api: [other.entry] }))[0]).toMatch(
      /^error: belongs to sha256:.*, not to what it is listed for/,
    );
    expect((await judged({ documents: [bytes], api: [{ ...entry, artifactType: 'application/x-other' }] }))[0]).toMatch(
      /^error: is application\/x-sbom, the list says application\/x-other/,
    );
    expect((await judged({ documents: [bytes], api: [{ ...entry, size: 3 }] }))[0]).toMatch(/^error: has \d+ bytes, the list says 3/);
  });

  test('a list that the registry does not give is a note', async () => {
    expect(await judged({ api: 403 })).toEqual([expect.stringMatching(/^note: could not be asked for: /)]);
  });
});
