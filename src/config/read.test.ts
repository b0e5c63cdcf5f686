import { expect, test } from 'vitest';
import { UserError } from '../base/index.ts';
import { readConfig } from './read.ts';

const failure = (text: string): { message: string; hint: string; at: unknown } => {
  try {
    readConfig(text);
  } catch (error) {
    if (error instanceof UserError) return { message: error.message, hint: error.hint, at: error.at };
  }
  throw new Error('nothing was thrown');
};

test('an empty file is an empty configuration', () => {
  expect(readConfig('')).toEqual({});
  expect(readConfig('# nothing yet\n')).toEqual({});
});

test('an unknown key is located, and the near one is proposed', () => {
  expect(failure('name: x\nservr: gunicorn\n')).toEqual({
    message: 'the file: unknown key `servr`',
    hint: 'did you mean `server`?',
    at: { file: 'plimsoll.yaml', line: 2, column: 1 },
  });
});

test('a wrong value is located at the value', () => {
  expect(failure('user:\n  uid: 70000\n')).toMatchObject({ at: { line: 2, column: 8 } });
  expect(failure('python: 3.11\n')).toMatchObject({ at: { line: 1, column: 9 } });
});

test('broken YAML is located', () => {
  expect(failure('name: "x\nport: 1\n').at).toMatchObject({ file: 'plimsoll.yaml' });
});

test('a probe is a line, a request with what is to come, or text over TCP', () => {
  const { probes } = readConfig(
    'probes:\n  - GET /health 200\n  - request: GET /slow\n    slow: true\n    expect: {json: {a.0: null}}\n  - {tcp: 70, send: hi, expect: ho, when: after}\n',
  );
  expect(probes).toEqual([
    'GET /health 200',
    { request: 'GET /slow', slow: true, expect: { json: { 'a.0': null } }, when: 'before' },
    { tcp: 70, send: 'hi', expect: 'ho', when: 'after' },
  ]);
});

test('a probe that cannot be asked is refused where it stands', () => {
  for (const text of ['GET orders', '{request: GET /, expect: {matches: "("}}', '{tcp: 70}'])
    expect(failure(`probes:\n  - ${text}\n`)).toMatchObject({ at: { file: 'plimsoll.yaml', line: 2 } });
});
