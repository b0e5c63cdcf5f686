import { expect, test } from 'vitest';
import { awsAccount, carriesClaims, hasBech32Checksum } from './checks.ts';
import { isLockedPgp } from './pgp-key.ts';

test('an access key of AWS tells its account, where it is of the form that does', () => {
  expect(awsAccount(['ASIA', 'QNZGKIQY56JQ7WML'].join(''))).toBe('029608264753'); // of a published talk; the key is none any more
  expect(awsAccount(['AKIA', 'IOSFODNN7EXAMPLE'].join(''))).toBeUndefined();
});

test('a checksum of BIP 173 holds, and not after a change of one letter', () => {
  expect(hasBech32Checksum('A12UEL5L')).toBe(true); // BIP 173, "Test vectors"
  expect(hasBech32Checksum('abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw')).toBe(true);
  expect(hasBech32Checksum('abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxx')).toBe(false);
});

test('a token carries claims, or it is an example or something else', () => {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = (head: unknown, claims: unknown): string => `${part(head)}.${part(claims)}.${'k3Yq9vNm2a'.repeat(5)}`;
  const claims = { iss: 'https://id.internal/', sub: 'f00', exp: 1_800_000_000 };
  expect(carriesClaims(token({ alg: 'HS256' }, claims))).toBe(true);
  expect(carriesClaims(token({ alg: 'none' }, claims))).toBe(false);
  expect(carriesClaims(token({ alg: 'HS256' }, { sub: '1234567890', name: 'John Doe', iat: 1_516_239_022 }))).toBe(false);
  expect(carriesClaims(token({ alg: 'HS256' }, { a: 1, b: 2 }))).toBe(false);
  expect(carriesClaims(`${part({ alg: 'HS256' })}.bm9uZQ.${'x'.repeat(43)}`)).toBe(false);
});

test('what is no key of PGP is not said to need a passphrase', () => {
  expect(isLockedPgp(new Uint8Array())).toBe(false);
  expect(isLockedPgp(Uint8Array.of(0xc5, 4, 4, 0, 0, 0, 0, 99))).toBe(false);
});
