import { expect, test } from 'vitest';
import type { HttpAnswer } from '../../run/index.ts';
import type { Expected } from '../types.ts';
import { shortfall, shortfallOfText } from './expected.ts';

const answer = (status: number, body = '', headers = {}): HttpAnswer => ({ answered: true, status, headers, body, afterMs: 1 });
const JSON_BODY = '{"state":"open","items":[{"id":7,"note":null}]}';

test.each<[string, HttpAnswer, Expected, string | undefined]>([
  ['without a status, anything below 500 is as it was to be', answer(404), {}, undefined],
  ['a server error is not', answer(503), {}, 'answered 503'],
  ['a status is to be that very one', answer(404), { status: 200 }, 'answered 404 instead of 200'],
  ['an expected server error is as it was to be', answer(503), { status: 503 }, undefined],
  [
    'headers are found in any case',
    answer(200, '', { 'content-type': 'text/html; charset=utf-8' }),
    { headers: { 'Content-Type': 'text/html' } },
    undefined,
  ],
  ['a header that is missing', answer(200), { headers: { ETag: 'a' } }, 'has no header `ETag`'],
  ['another header', answer(200, '', { etag: 'b' }), { headers: { etag: 'a' } }, 'has `etag: b`, which does not contain `a`'],
  ['text in the body', answer(200, 'all is well'), { text: 'well' }, undefined],
  ['other text', answer(200, 'all is well'), { text: 'ill' }, 'does not contain `ill`'],
  ['a pattern', answer(200, 'order 17'), { matches: String.raw`^order \d+$` }, undefined],
  ['another pattern', answer(200, 'order x'), { matches: String.raw`\d` }, String.raw`does not match ${'`'}\d${'`'}`],
  [
    'parts of JSON, in lists and null among them',
    answer(200, JSON_BODY),
    { json: { state: 'open', 'items.0.id': 7, 'items.0.note': null } },
    undefined,
  ],
  ['a number is no text', answer(200, JSON_BODY), { json: { 'items.0.id': '7' } }, 'has `items.0.id` as 7 instead of "7"'],
  ['a part that is not there', answer(200, JSON_BODY), { json: { 'items.1.id': 7 } }, 'has no `items.1.id` in its JSON'],
  [
    'what every object inherits is not there',
    answer(200, JSON_BODY),
    { json: { 'constructor.name': 'Object' } },
    'has no `constructor.name` in its JSON',
  ],
  ['no JSON at all', answer(200, '<html>'), { json: { a: 1 } }, 'is no JSON'],
])('%s', (_, came, expected, said) => {
  expect(shortfall(came, expected)).toBe(said);
});

test('text over TCP is to contain what was expected', () => {
  const probe = { speaks: 'tcp', port: 70, send: 'hello\n', expect: '5\n', when: 'before' } as const;
  expect(shortfallOfText({ text: '5\n' }, probe)).toBeUndefined();
  expect(shortfallOfText({ text: '', why: 'timed out' }, probe)).toBe('answered nothing (timed out) instead of `5`');
});
