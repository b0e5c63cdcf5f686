import { expect, test } from 'vitest';
import { masked, maskedValue, maskedWords } from './masked.ts';

const PASSWORD = 'hunter2-of-production';

test.each([
  `RUN |1 API_TOKEN=${PASSWORD} /bin/sh -c make`,
  `ENV DB_PASSWORD="${PASSWORD}"`,
  `curl --password ${PASSWORD} x`,
  `curl --db-password=${PASSWORD}`,
  `CMD ["app", "--token", "${PASSWORD}"]`,
  `ENV DATABASE_URL=postgres://app:${PASSWORD}@db/x`,
  `-----BEGIN RSA PRIVATE KEY-----\n${PASSWORD.replaceAll('-', '')}\n-----END RSA PRIVATE KEY-----`,
])('of a secret only the beginning is shown: %s', (text) => {
  expect(masked(text)).not.toContain('hunter2');
});

test.each([
  'RUN make PREFIX=/usr',
  'ENV DB_PASSWORD=${DB_PASSWORD}',
  'http://host:8080/a@b',
  'ENV TOKEN_FILE=/run/secrets/token',
  '# a - b',
])('what is none stays: %s', (text) => {
  expect(masked(text)).toBe(text);
});

test('values and words are masked by the name before them', () => {
  expect(maskedValue('API_KEY', 'abcdefgh ijkl')).toBe('abc… (13 characters)');
  expect(maskedValue('MODE', 'production')).toBe('production');
  expect(maskedWords(['app', '--api-key', PASSWORD, '--token', '--verbose', `--secret=${PASSWORD}`])).toEqual([
    'app',
    '--api-key',
    'hunt… (21 characters)',
    '--token',
    '--verbose',
    '--secret=hunt… (21 characters)',
  ]);
});

test('a long run of dashes, letters or dots is gone through once', () => {
  for (const text of ['-'.repeat(400_000), 'a-'.repeat(200_000), 'a.'.repeat(200_000), 'a://'.repeat(100_000)])
    expect(masked(text)).toBe(text);
});
