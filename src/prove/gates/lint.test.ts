import { expect, test } from 'vitest';
import type { LintOptions } from '../../lint/index.ts';
import { contractOf, plainImage } from '../python-image.test-support.ts';
import { subjectOf } from '../subject.ts';
import type { Outcome } from '../types.ts';
import { lint } from './lint.ts';

const measure = (lines?: readonly string[], options: LintOptions = {}): Promise<Outcome> =>
  lint.measure(
    subjectOf({
      image: plainImage([]),
      contract: contractOf({}),
      budget: { uncompressedBytes: 1 },
      dockerfile: lines && { path: 'Dockerfile', text: `${lines.join('\n')}\n`, options },
    }),
  );
const CLEAN = [
  'FROM python:3.13-slim-trixie@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  'WORKDIR /app',
  'COPY server.py .',
  'USER 10001:10001',
  'CMD ["python3", "server.py"]',
];

test('a clean Dockerfile passes, and an image that none made is skipped', async () => {
  expect(await measure(CLEAN)).toMatchObject({ outcome: 'passed', measured: { value: 0 } });
  expect(await measure()).toMatchObject({ outcome: 'skipped' });
});

test('an error and a warning fail, each with its line, its rule and what to do', async () => {
  const outcome = await measure([...CLEAN.slice(0, 3), 'CMD python3 server.py']);
  expect(outcome).toMatchObject({
    outcome: 'failed',
    evidence: expect.arrayContaining([{ from: 'run', what: 'Dockerfile:4:5', text: expect.stringMatching(/\([a-z-]+\)$/) }]),
    fix: expect.stringMatching(/plimsoll explain [a-z-]+/),
  });
});

test('what is ignored with a reason is none, and what BuildKit would refuse is one', async () => {
  const ignored = [
    ...CLEAN.slice(0, 4),
    '# plimsoll ignore=start-command-not-json the shell expands $PORT',
    'CMD exec python3 server.py $PORT',
  ];
  expect(await measure(ignored)).toMatchObject({ outcome: 'passed' });
  expect(await measure([...CLEAN, 'COPPY a b'])).toMatchObject({ outcome: 'failed', why: expect.stringContaining('Dockerfile:6') });
});

test('findings below a warning are said, and no failure', async () => {
  const byTag = CLEAN.map((line) => line.replace(/@sha256:.*/, ''));
  expect(await measure(byTag, { only: ['base-by-digest'] })).toMatchObject({
    outcome: 'passed',
    evidence: [{ what: 'Dockerfile', text: '1 finding below a warning' }],
  });
});
