import { expect, test } from 'vitest';
import { UserError } from '../base/index.ts';
import { readConfig } from '../config/index.ts';
import { probesOf } from './probes.ts';

test('plimsoll.yaml’s probes come first, then those of the command line', () => {
  const config = readConfig(
    'probes:\n  - GET /\n  - {request: POST /orders 201, body: "{}", expect: {json: {state: open}}, when: during}\n  - {tcp: 70, send: hi, expect: ho}\n',
  );
  expect(probesOf(config, ['GET /orders 200'])).toEqual([
    { speaks: 'http', method: 'GET', path: '/', slow: false, when: 'before', expect: {} },
    {
      speaks: 'http',
      method: 'POST',
      path: '/orders',
      slow: false,
      when: 'during',
      body: '{}',
      expect: { status: 201, json: { state: 'open' } },
    },
    { speaks: 'tcp', port: 70, send: 'hi', expect: 'ho', when: 'before' },
    { speaks: 'http', method: 'GET', path: '/orders', slow: false, when: 'before', expect: { status: 200 } },
  ]);
});

test('a --probe that is no request is the request’s fault', () => {
  expect(() => probesOf({}, ['/orders'])).toThrow(UserError);
});
