import { expect, test } from 'vitest';
import { lint, readHadolintConfig } from './index.ts';

test('a .hadolint.yaml is read as it is', async () => {
  const { config } = await readHadolintConfig(
    [
      'failure-threshold: warning',
      'format: tty',
      'ignored: [DL3008, "SC2086"]',
      'override:',
      '  error:',
      '    - DL3015',
      '  style: [DL3006]',
      'trustedRegistries: ["*.example.org", docker.io]',
      'label-schema:',
      '  team: text',
      '  contact: email',
      'strict-labels: true',
      'disable-ignore-pragma: true',
      'no-fail: true',
    ].join('\n'),
  );
  expect(config).toEqual({
    ignored: ['DL3008', 'SC2086'],
    override: { error: ['DL3015'], warning: [], info: [], style: ['DL3006'] },
    trustedRegistries: ['*.example.org', 'docker.io'],
    labelSchema: { team: 'text', contact: 'email' },
    strictLabels: true,
    disableIgnorePragma: true,
    failureThreshold: 'warning',
    noFail: true,
  });
});

test('an empty file says nothing', async () => {
  expect((await readHadolintConfig('')).config).toMatchObject({ ignored: [], failureThreshold: 'info' });
});

test.each([
  ['ignored: DL3008', '`ignored` is no list of names', 1],
  ['ignored: []\noverride: [DL3008]', '`override` is no map', 2],
  ['no-fail: maybe', '`no-fail` is neither true nor false', 1],
  ['failure-threshold: fatal', '`failure-threshold` is no severity', 1],
  ['label-schema:\n  a: text\n  b: number', '`number` is no type of a label', 3],
  ['- DL3008', 'the file is no map', 1],
])('%s is refused', async (text, message, line) => {
  expect((await readHadolintConfig(text)).problem).toMatchObject({ message, line });
});

test('text that is no YAML is refused with its line', async () => {
  expect((await readHadolintConfig('ignored:\n  - a\n b: [')).problem?.line).toBe(3);
});

const codes = (text: string, options: Parameters<typeof lint>[1]): readonly string[] =>
  lint(text, options).findings.map(({ rule, severity }) => `${rule.id} ${severity}`);

test('a severity of the configuration counts, the gravest first', () => {
  const override = { error: ['DL3006'], warning: [], info: ['DL3006'], style: ['DL3057'] };
  expect(codes('FROM debian\n', { preset: 'hadolint', hadolint: { override } })).toEqual([
    'base-image-tag error',
    'healthcheck-missing style',
  ]);
  expect(codes('FROM debian\n', { preset: 'hadolint', hadolint: { ignored: ['DL3006'] } })).toEqual([]);
});

test('comments switch findings off in all presets', () => {
  const wrong = 'CMD python app.py\n';
  const at = (comment: string, preset: 'recommended' | 'hadolint' | 'buildkit'): readonly string[] =>
    codes(`FROM debian:12\n${comment}\n${wrong}`, { preset });
  expect(at('# a comment', 'recommended')).toEqual(['start-without-exec warning']);
  expect(at('# plimsoll ignore=start-without-exec it is a demo', 'recommended')).toEqual([]);
  expect(at('# plimsoll ignore=JSONArgsRecommended\n# and another comment', 'buildkit')).toEqual([]);
  expect(at('# plimsoll global ignore=start-without-exec\n', 'recommended')).toEqual([]);
  expect(at('# plimsoll ignore=DL3025 it is a demo', 'hadolint')).toEqual([]);
  expect(at('# hadolint ignore=DL3025', 'hadolint')).toEqual([]);
  // hadolint looks at the line above alone.
  expect(at('# hadolint ignore=DL3025\n# and another comment', 'hadolint')).toEqual(['exec-form-command warning']);
  expect(
    codes(`FROM debian:12\n# hadolint ignore=DL3025\n${wrong}`, { preset: 'hadolint', hadolint: { disableIgnorePragma: true } }),
  ).toEqual(['exec-form-command warning']);
});
