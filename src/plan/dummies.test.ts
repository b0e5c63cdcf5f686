import { expect, test } from 'vitest';
import { isLiteral, passwordIn } from '../base/index.ts';
import { dummyFor } from './dummies.ts';

test.each([
  ['REDIS_URL', undefined, /^redis:\/\/127/],
  ['DATABASE_URL', undefined, /^postgresql:/],
  ['API_BASE_URL', 'url', /^http:\/\/127/],
  ['WORKERS', 'integer', /^1$/],
  ['SMTP_HOST', undefined, /^127\.0\.0\.1$/],
  ['DEBUG', 'boolean', /^false$/],
  ['FERNET_KEY', undefined, /^[A-Za-z0-9_-]{43}=$/],
  ['API_TOKEN', undefined, /.{32}/],
] as const)('the dummy for %s fits its type and name', (name, type, pattern) => {
  expect(dummyFor({ name, ...(type ? { type } : {}) })).toMatch(pattern);
});

test.each(['DATABASE_URL', 'MYSQL_URL', 'BROKER_URL', 'SECRET_KEY', 'FERNET_KEY', 'API_TOKEN'])(
  'the dummy for %s is no secret to anyone',
  (name) => {
    const value = dummyFor({ name });
    expect([passwordIn(value), isLiteral(value) && !value.includes('://')]).toEqual([undefined, false]);
  },
);
