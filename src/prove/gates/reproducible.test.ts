import { afterAll, beforeAll, expect, test } from 'vitest';
import { EnvironmentError, UserError } from '../../base/index.ts';
import type { Image, ImageSettings, LayerEntry } from '../../image/index.ts';
import { contractOf, file, folder, openBench, type Bench } from '../python-image.test-support.ts';
import { subjectOf } from '../subject.ts';
import type { Outcome } from '../types.ts';
import { reproducible } from './reproducible.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const image = async (layers: readonly (readonly LayerEntry[])[], config: ImageSettings['config'] = {}): Promise<Image> =>
  bench.image(await Promise.all(layers.map((entries) => bench.layer(entries))), config);
async function measure(first: Image, rebuild?: () => Promise<Image>): Promise<Outcome> {
  return reproducible.measure(subjectOf({ image: first, contract: contractOf({}), budget: { uncompressedBytes: 1 }, rebuild }));
}
const BELOW = [file('usr/bin/python3', 'x', 0o755)];

test('the same image passes; without a second build it is skipped', async () => {
  const one = await image([BELOW, [file('app/a', '1')]]);
  expect(await measure(one, () => image([BELOW, [file('app/a', '1')]]))).toMatchObject({ outcome: 'passed' });
  expect(await measure(one)).toMatchObject({ outcome: 'skipped', why: expect.stringContaining('--only reproducible') });
});

test.each([
  ['content', [file('app/a', '1'), file('app/b', '2')], [file('app/a', '1'), file('app/b', '3')], '/app/b: other content'],
  ['a mode', [file('app/a', '1')], [file('app/a', '1', 0o600)], '/app/a: other mode, owner or time'],
  ['an owner', [folder('app')], [folder('app', 0o755, 7)], '/app: other mode, owner or time'],
  ['a name', [file('app/a', '1')], [file('app/b', '1')], '/app/a: only in the first build'],
])('%s that differs is named, with its layer', async (_, before, after, what) => {
  expect(await measure(await image([BELOW, before]), () => image([BELOW, after]))).toMatchObject({
    outcome: 'failed',
    evidence: expect.arrayContaining([{ from: 'run', what: 'layer 2: test', text: what }]),
  });
});

test('layers that are missing, and a config that differs, are named', async () => {
  const one = await image([BELOW, [file('app/a', '1')]]);
  expect(await measure(one, () => image([BELOW]))).toMatchObject({
    outcome: 'failed',
    why: expect.stringContaining('only in the first build'),
  });
  expect(await measure(one, () => image([BELOW, [file('app/a', '1')]], { Env: ['A=1'] }))).toMatchObject({
    outcome: 'failed',
    why: 'it differs in another one (config)',
  });
});

test('a second build that fails is a failure, and one that this machine cannot make is none', async () => {
  const one = await image([BELOW]);
  expect(await measure(one, () => Promise.reject(new UserError('the step failed', 'mend it')))).toMatchObject({
    outcome: 'failed',
    why: 'the second build failed: the step failed',
    fix: 'mend it',
  });
  await expect(measure(one, () => Promise.reject(new EnvironmentError('no sandbox', 'install one')))).rejects.toThrow(EnvironmentError);
});
