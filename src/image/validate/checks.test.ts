import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorsAmong, openImage, validate, writeOciArchive, type Descriptor } from '../index.ts';
import { soundLayout } from './broken-layout.testing.ts';
import { damages, EMPTY, head, tar } from './damage.testing.ts';
import { documentCases } from './documents.testing.ts';
import { askImageSpec, whyNoImageSpec } from './image-spec.testing.ts';
import { doubledKeys } from './json-keys.ts';
import { configCases, layerCases } from './layers.testing.ts';

const layout = soundLayout({ User: '1:1' });
const { folder, out, fresh, blobAt, parts, put } = layout;
const { manifest, writeIndex, tarIs, attach } = damages(layout);

describe.each([
  ['documents', documentCases(layout)],
  ['configs', configCases(layout)],
  ['layers', layerCases(layout)],
])('of %s', (_, cases) => {
  test.each(cases)('%s is found, with its place and its section', async (__, damage, severity, told, section) => {
    damage();
    const found = await validate(`oci:${out()}`);
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
    for (const [name, damage] of [
      ['nothing', () => {}] as const,
      ...documentCases(layout),
      ...configCases(layout),
      ...layerCases(layout),
    ]) {
      const folder = fresh();
      damage();
      judged.push({ name, folder, errors: errorsAmong(await validate(`oci:${out()}`)).length });
    }
    const theirs = askImageSpec(judged.map((each) => ({ kind: 'layout', folder: each.folder })));
    expect(theirs[0]).toBe('');
    expect(theirs.filter((said) => said !== '').length).toBeGreaterThan(8);
    expect(judged.flatMap(({ name, errors }, i) => (theirs[i] !== '' && errors === 0 ? [name] : []))).toEqual(LEFT_OUT);
  },
  300_000,
);

test('what is found in a folder is found in an archive of it', async () => {
  const archive = join(folder(), 'image.tar');
  tarIs(tar(head('a'), head('a')));
  await writeOciArchive(archive, [await openImage(out())], 'tag');
  const whats = (found: Awaited<ReturnType<typeof validate>>): readonly string[] => found.map(({ what }) => what);
  expect(whats(await validate(`oci-archive:${archive}`))).toEqual(whats(await validate(out())));
  expect(await validate(out())).toHaveLength(1);
});

test('what is attached to an image that is here is no finding, and neither is an artifact of whatever type', async () => {
  const { index } = parts();
  const { mediaType, digest, size } = index.manifests[0] as Descriptor;
  attach({ subject: { mediaType, digest, size } }, { artifactType: 'application/x-sbom' })();
  expect(await validate(out())).toEqual([]);
  const chart = put(Buffer.from('chart'));
  const config = { mediaType: 'application/vnd.cncf.helm.config.v1+json', ...put(Buffer.from('{"name":"a"}')) };
  attach({ artifactType: undefined, config, layers: [{ mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', ...chart }] })();
  rmSync(blobAt(EMPTY.digest));
  writeIndex({ ...parts().index, manifests: parts().index.manifests.filter((_, i) => i !== 1) });
  expect((await validate(out())).filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('data that agrees is no finding', async () => {
  manifest((it) => (it.config = { ...it.config, data: readFileSync(blobAt(it.config.digest)).toString('base64') }))();
  expect(await validate(out())).toEqual([]);
});

test('keys that are there twice are found at their places', () => {
  expect(doubledKeys('{"a":[{"b":1,"b":{"c":1}},{"b":2}],"d":"a\\":","d":"}","e":{"a":1}}')).toEqual(['a[0].b', 'd']);
  expect(doubledKeys('[{"a":1},{"a":1}]')).toEqual([]);
});
