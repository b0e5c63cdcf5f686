import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { hexOf, openStore, sha256 } from '../src/base/node.ts';
import { writeLayout } from '../src/image/index.ts';
import { makeImage } from '../src/image/registry/registry.testing.ts';
import { jsonDocuments } from '../src/report/json/index.ts';
import { plimsoll, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);
let layout: string;
let count = 0;
beforeEach(async () => {
  const store = await openStore(join(place.folder, 'store'));
  layout = join(place.folder, `image-${(count += 1)}`);
  await writeLayout(layout, [await makeImage(store)], '1');
  await store.close();
});
const addBlob = (name: string, text: string): void => writeFileSync(join(layout, 'blobs/sha256', name), text);
const validate = (...more: readonly string[]) => plimsoll(['validate', `oci:${layout}`, ...more]);

test('an image without flaws says so', async () => {
  expect(await validate()).toMatchObject({ code: 0, stdout: expect.stringMatching(/keep to the specification\n$/) });
});

test('notes leave exit code 0, and are shown with their section', async () => {
  const stray = hexOf(sha256('stray'));
  addBlob(stray, 'stray');
  const end = await validate();
  expect([end.code, end.stdout.split('\n')]).toEqual([
    0,
    [
      `note: blobs/sha256/${stray}: is named by no document [image-spec, image-layout.md, "Blobs"]`,
      `oci:${layout}: every digest, size and diff id is right, and the documents keep to the specification (1 note)`,
      '',
    ],
  ]);
});

test('errors are exit code 1, in JSON with the blob and the place in it', async () => {
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
    manifests: { digest: string; platform: { os: string } }[];
  };
  index.manifests[0]!.platform.os = 'windows';
  writeFileSync(join(layout, 'index.json'), JSON.stringify(index));
  const end = await validate('--json');
  expect(end.code).toBe(1);
  const { mismatches } = jsonDocuments.validate.parse(JSON.parse(end.stdout));
  expect(mismatches).toEqual([
    {
      severity: 'error',
      where: 'index.json manifests[0] config os',
      what: 'is linux, the index says windows',
      section: 'image-spec, image-index.md, "Image Index Property Descriptions"',
      blob: expect.stringMatching(/^sha256:/),
      path: 'os',
    },
  ]);
  expect((await validate()).stdout).toMatch(/^error: .*\noci:.*: 1 error, 0 notes\n$/);
});
