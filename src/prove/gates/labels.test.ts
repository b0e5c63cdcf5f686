import { expect, test } from 'vitest';
import type { Image } from '../../image/index.ts';
import { SPDX_IDS } from '../../base/index.ts';
import { isLicenceExpression } from '../../sbom/index.ts';
import { isTime } from '../labels/well-formed.ts';
import { contractOf, plainImage } from '../python-image.test-support.ts';
import { subjectOf } from '../subject.ts';
import type { Outcome } from '../types.ts';
import { labels } from './labels.ts';

const full = (short: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(short).map(([key, value]) => [`org.opencontainers.image.${key}`, value]));

interface Said {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly created?: string;
}
function imageOf({ labels: said = {}, annotations = {}, created }: Said): Image {
  const plain = plainImage([], { Labels: full(said) });
  return {
    ...plain,
    config: async () => ({ ...(await plain.config()), ...(created === undefined ? {} : { created }) }),
    parsedManifest: async () => ({ ...(await plain.parsedManifest()), annotations: full(annotations) }),
  };
}
const measure = (said: Said, wanted: Readonly<Record<string, string>> = {}): Promise<Outcome> =>
  labels.measure(subjectOf({ image: imageOf(said), contract: contractOf({ labels: full(wanted) }), budget: { uncompressedBytes: 1 } }));

const created = '2026-11-30T12:00:00Z';
const WHOLE = { title: 'app', version: '1.2', revision: '0123abc', source: 'https://git.example/team/app', licenses: 'MIT', created };

test('what the repository knows must be there, as label or as annotation', async () => {
  expect(await measure({ labels: WHOLE }, WHOLE)).toMatchObject({ outcome: 'passed', measured: { value: 6 } });
  expect(await measure({ annotations: WHOLE }, WHOLE)).toMatchObject({ outcome: 'passed' });
  expect(await measure({ labels: { title: 'app', created } }, WHOLE)).toMatchObject({
    outcome: 'failed',
    why: '`org.opencontainers.image.version` is missing, `org.opencontainers.image.revision` is missing, `org.opencontainers.image.source` is missing and 1 more',
    fix: '`LABEL org.opencontainers.image.version="1.2" org.opencontainers.image.revision="0123abc" org.opencontainers.image.source="https://git.example/team/app" org.opencontainers.image.licenses="MIT"` in the Dockerfile',
  });
});

test('when it was made may stand in the config', async () => {
  expect(await measure({ created: '2026-11-30T12:00:00.123456789Z' })).toMatchObject({ outcome: 'passed' });
  for (const said of [{}, { created: 'today' }])
    expect(await measure(said)).toMatchObject({ outcome: 'failed', why: 'nothing says when it was made' });
});

test.each([
  [{ created: '30 November 2026' }, 'is `30 November 2026`, and not a time'],
  [{ source: 'git@git.example:team/app.git' }, 'and not a URL'],
  [{ url: 'git.example/team/app' }, 'and not a URL'],
  [{ documentation: 'https://git.example/a b' }, 'and not a URL'],
  [{ licenses: 'Apache 2' }, 'and not an SPDX licence expression'],
  [{ 'base.digest': 'sha256:0123' }, 'and not a digest'],
  [{ version: '' }, 'is empty'],
  [{ revision: '$COMMIT' }, 'which nobody filled in'],
  [{ title: '{{ name }}' }, 'which nobody filled in'],
])('%j is wrong', async (said, why) =>
  expect(await measure({ labels: { created, ...said } })).toMatchObject({ outcome: 'failed', why: expect.stringContaining(why) }),
);

test('labels of others are theirs', async () => {
  const plain = plainImage([], { Labels: { version: '', source: 'nowhere' } });
  const image: Image = { ...plain, config: async () => ({ ...(await plain.config()), created }) };
  expect(await labels.measure(subjectOf({ image, contract: contractOf({}), budget: { uncompressedBytes: 1 } }))).toMatchObject({
    outcome: 'passed',
  });
});

test.each([
  'MIT',
  'GPL-2.0-only',
  'Apache-2.0 OR MIT',
  'LGPL-2.1+',
  '(MIT AND BSD-3-Clause)',
  'GPL-2.0-or-later WITH Classpath-exception-2.0',
  '(MIT OR (Apache-2.0 AND BSD-2-Clause)) AND Zlib',
  'LicenseRef-Proprietary',
  'DocumentRef-x:LicenseRef-y',
])('SPDX: %s', (text) => expect(isLicenceExpression(text, SPDX_IDS)).toBe(true));
test.each([
  '',
  'MIT,',
  'MIT Apache-2.0',
  'MIT or Apache-2.0',
  'AND MIT',
  'MIT AND',
  '(MIT',
  'MIT)',
  '()',
  'MIT WITH',
  'Proprietary',
  'LicenseRef-',
  ')MIT(',
])('not SPDX: %s', (text) => expect(isLicenceExpression(text, SPDX_IDS)).toBe(false));
test('a very deep expression is read', () => {
  expect(isLicenceExpression(`${'('.repeat(100_000)}MIT${')'.repeat(100_000)}`, SPDX_IDS)).toBe(true);
});
test('times', () => {
  for (const time of ['1970-01-01T00:00:00Z', '2024-02-29T23:59:59.5+02:00', '2026-11-30t12:00:00z']) expect(isTime(time), time).toBe(true);
  for (const time of [
    '2026-02-29T00:00:00Z',
    '2026-11-31T00:00:00Z',
    '2026-11-30',
    '2026-11-30T12:00:00',
    '2026-11-30 12:00:00Z',
    '2026-11-30T12:00:00+0100',
    '2026-13-01T00:00:00Z',
    '2026-11-30T25:00:00Z',
  ])
    expect(isTime(time), time).toBe(false);
});
