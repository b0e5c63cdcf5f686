import { expect, test } from 'vitest';
import { healthOf } from './health-path.ts';
import { looksSecret } from './secret-name.ts';

test.each(['API_KEY', 'OPENWEATHER_API_KEY', 'DB_PASSWORD', 'SENTRY_DSN', 'AWS_SECRET_ACCESS_KEY', 'JWT_SECRET', 'GITHUB_TOKEN'])(
  '%s looks secret',
  (name) => {
    expect(looksSecret(name)).toBe(true);
  },
);

test.each(['KEYBOARD', 'TOKEN_TTL', 'PASSWORD_FILE', 'PUBLIC_KEY', 'HOST', 'SECRET_NAME', 'MONKEY'])('%s does not', (name) => {
  expect(looksSecret(name)).toBe(false);
});

test.each([
  ['/health', 'health'],
  ['/api/v1/healthz/', 'health'],
  ['/health/ready', 'ready'],
  ['/-/healthy', 'health'],
  ['/livez', 'live'],
  ['/ping', 'health'],
  ['/api/status', 'health'],
])('%s answers for %s', (path, health) => {
  expect(healthOf('GET', path)).toBe(health);
});

test.each(['/streams/live', '/orders/{id}/status', '/orders/status', '/healthy-food', '/'])('%s does not answer for health', (path) => {
  expect(healthOf('GET', path)).toBeUndefined();
});
