import { describe, expect, test } from 'vitest';
import type { LayerEntry } from '../../image/index.ts';
import { contractOf, file, folder, plainImage, plainLayer } from '../python-image.test-support.ts';
import { subjectOf } from '../subject.ts';
import type { Budget, Outcome } from '../types.ts';
import { avoidableBytes } from './avoidable-bytes.ts';
import { layerWaste } from './layer-waste.ts';

/** Layers of these entries, each made by the instruction in the same line of a Dockerfile after FROM. */
function measure(layers: readonly (readonly LayerEntry[])[], budget: Partial<Budget>, gate = layerWaste): Promise<Outcome> {
  const image = plainImage(
    layers.map((entries, index) => plainLayer(entries, `RUN /bin/sh -c step ${index + 1} # buildkit`)),
    {},
  );
  return gate.measure(subjectOf({ image, contract: contractOf({}), budget: { uncompressedBytes: 1e9, ...budget } }));
}

describe('layer-waste', () => {
  const layers = [
    [file('srv/a', 'a'.repeat(5000)), file('srv/b', 'b'.repeat(3000))],
    [file('srv/.wh.a', ''), file('srv/b', 'c'.repeat(10))],
  ];
  test('counts what a later layer deletes or replaces, to the byte', async () => {
    expect(await measure(layers, { wasteBytes: 8000 })).toMatchObject({ outcome: 'passed', measured: { value: 8000 } });
    expect(await measure(layers, { wasteBytes: 7999 })).toMatchObject({
      outcome: 'failed',
      why: '5.0 kB deleted by a later layer, 3.0 kB overwritten by a later layer',
      evidence: [
        { what: '/srv/a (layer 1: RUN step 1)', text: '5.0 kB deleted by a later layer, layer 2: RUN step 2' },
        { what: '/srv/b (layer 1: RUN step 1)' },
      ],
    });
  });
  test('passes where nothing hides anything', async () => {
    expect(
      await measure(
        [
          [folder('srv'), file('srv/a', 'a')],
          [folder('srv'), file('srv/b', 'b')],
        ],
        { wasteBytes: 0 },
      ),
    ).toMatchObject({
      outcome: 'passed',
      measured: { value: 0 },
    });
  });
});

describe('avoidable-bytes', () => {
  const layers = [[file('root/.cache/pip/wheel', 'w'.repeat(4000)), file('usr/share/man/man1/ls.1.gz', 'm'.repeat(1000))]];
  test('counts what causes find, to the byte, and names the largest cause’s fix', async () => {
    expect(await measure(layers, { avoidableBytes: 5000 }, avoidableBytes)).toMatchObject({ outcome: 'passed', measured: { value: 5000 } });
    expect(await measure(layers, { avoidableBytes: 4999 }, avoidableBytes)).toMatchObject({
      outcome: 'failed',
      why: '4.0 kB the cache of pip, 1.0 kB manuals and documentation',
      fix: expect.stringContaining('`plimsoll explain pip-no-cache-dir`'),
    });
  });
  test('does not hold against an image what would cost something', async () => {
    const code = [[file('opt/venv/lib/python3.12/site-packages/a/__pycache__/a.cpython-312.pyc', 'c'.repeat(9000))]];
    expect(await measure(code, { avoidableBytes: 0 }, avoidableBytes)).toMatchObject({ outcome: 'passed', measured: { value: 0 } });
  });
});
