import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore, type Store } from '../../base/node.ts';
import {
  attachedBytes,
  imageFromLayers,
  openImage,
  validate,
  withAttachment,
  writeLayer,
  writeLayout,
  writeOciArchive,
  type Descriptor,
  type Image,
} from '../index.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-attached-'));
let store: Store;
beforeAll(async () => {
  store = await openStore(join(folder, 'store'));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const KIND = 'application/vnd.cyclonedx+json';
const imageOf = async (text: string): Promise<Image> => {
  const layer = await writeLayer(
    [{ type: 'file', path: 'a', mode: 0o644, uid: 0, gid: 0, content: Buffer.from(text) }],
    { mtimeSeconds: 0, createdBy: 'test' },
    store,
  );
  return imageFromLayers({ os: 'linux', architecture: 'amd64' }, [layer], store);
};
const listed = async (text: string): Promise<Image> =>
  withAttachment(await imageOf(text), { artifactType: KIND, bytes: Buffer.from(`list of ${text}`) });
const listOf = async (ref: string): Promise<string | undefined> => {
  const bytes = await attachedBytes(await openImage(ref), KIND, 1000);
  return bytes && Buffer.from(bytes).toString();
};
const indexOf = (layout: string): readonly Descriptor[] =>
  (JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as { manifests: Descriptor[] }).manifests;

test.each(['oci', 'oci-archive'] as const)('of an %s is found again, is valid, and leaves the image’s digest as it was', async (kind) => {
  const ref = `${kind}:${join(folder, `one-${kind}`)}`;
  const image = await listed('one');
  await (kind === 'oci' ? writeLayout : writeOciArchive)(ref.slice(kind.length + 1), [image], 'app:1');
  expect(await validate(ref)).toEqual([]);
  expect(await listOf(ref)).toBe('list of one');
  expect(await (await openImage(ref)).digest()).toBe(await (await imageOf('one')).digest());
});

test('goes with its image, is replaced by one of its kind, and stays with another tag’s', async () => {
  const layout = join(folder, 'layout');
  await writeLayout(layout, [await listed('one')], 'app:1');
  await writeLayout(layout, [await listed('two')], 'app:2');
  expect([await listOf(`oci:${layout}:app:1`), await listOf(`oci:${layout}:app:2`)]).toEqual(['list of one', 'list of two']);
  const other = await withAttachment(await imageOf('two'), { artifactType: KIND, bytes: Buffer.from('a better list') });
  await writeLayout(layout, [other], 'app:2');
  expect([indexOf(layout).length, await listOf(`oci:${layout}:app:2`)]).toEqual([4, 'a better list']);
  const [gone] = await (await openImage(`oci:${layout}:app:1`)).attached();
  await writeLayout(layout, [await imageOf('three')], 'app:1');
  expect(indexOf(layout).length).toBe(3);
  expect(await listOf(`oci:${layout}:app:1`)).toBeUndefined();
  expect(existsSync(join(layout, 'blobs', gone!.entry.digest.replace(':', '/')))).toBe(false);
  expect(await validate(layout)).toEqual([]);
});

test('that is damaged is found by validate, and not taken', async () => {
  const layout = join(folder, 'damaged');
  await writeLayout(layout, [await listed('one')], 'app:1');
  const [referrer] = await (await openImage(layout)).attached();
  const { digest } = referrer!.blobs[0]!.descriptor;
  writeFileSync(join(layout, 'blobs', digest.replace(':', '/')), 'LIST of one');
  expect((await validate(layout)).map(({ what }) => what)).toEqual([expect.stringContaining('sha256:')]);
  await expect(listOf(layout)).rejects.toThrow('sha256:');
});
