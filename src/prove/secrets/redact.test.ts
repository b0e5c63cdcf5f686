import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ContractVariable } from '../../plan/index.ts';
import type { GivenValue, Outcome } from '../types.ts';
import { redactAll, redactor } from './redact.ts';

const given = (name: string, value: string, from: GivenValue['from'] = 'flag'): GivenValue => ({ name, value, from });
const secretVariable: ContractVariable = { name: 'PIN', required: true, secret: true, because: [{ from: 'config', name: 'x' }] };

describe('a redacted text', () => {
  test('holds no value of a secret variable, whatever stands around it and however it is written', () => {
    const value = fc
      .string({ minLength: 6, unit: 'grapheme' })
      .filter((text) => text.trim().length >= 6 && !'[API_KEY]'.includes(text.trim()));
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(value, text, text, (secret, before, after) => {
        const redact = redactor([given('API_KEY', secret)], []);
        const trimmed = secret.trim();
        for (const form of [trimmed, JSON.stringify(trimmed).slice(1, -1), encodeURIComponent(trimmed)])
          expect(redact(`${before}${form}${after}`)).toContain('[API_KEY]');
        expect(redact(`x${trimmed}y`)).toBe('x[API_KEY]y');
      }),
    );
  });

  test('holds no password of an address, no line of a key, nothing that the contract calls secret', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END PRIVATE KEY-----';
    const redact = redactor(
      [given('DATABASE_URL', 'postgres://app:s3cr3t-pw@db/app', 'env-file'), given('SIGNING_KEY', key, 'config'), given('PIN', '123')],
      [secretVariable],
    );
    expect(redact('connecting to postgres://app:s3cr3t-pw@db/app')).toBe('connecting to postgres://app:[DATABASE_URL]@db/app');
    expect(redact('read  kqhkiG9w0BAQEF of it')).toBe('read  [SIGNING_KEY] of it');
    expect(redact('PIN is 123.')).toBe('PIN is [PIN].');
  });

  test('keeps what only looks like a short value, what Plimsoll made up, and what is no secret', () => {
    const redact = redactor(
      [
        given('TOKEN', '1'),
        given('API_KEY', 'dummy-0123', 'dummy'),
        given('S3_SECRET_KEY', 'testing', 'companion'),
        given('LEVEL', 'verbose'),
      ],
      [],
    );
    const text = '"GET / HTTP/1.1" 200 verbose testing dummy-0123';
    expect(redact(text)).toBe(text);
  });

  test('leaves the words of an outcome that are ours', () => {
    const outcome: Outcome = { outcome: 'failed', why: 'failed', fix: 'run', evidence: [{ from: 'run', what: 'log', text: 'failed run' }] };
    const redact = redactor([given('PASSWORD', 'failed'), given('TOKEN', 'run')], []);
    expect(redactAll(outcome, redact)).toEqual({
      outcome: 'failed',
      why: '[PASSWORD]',
      fix: '[TOKEN]',
      evidence: [{ from: 'run', what: 'log', text: '[PASSWORD] [TOKEN]' }],
    });
  });
});
