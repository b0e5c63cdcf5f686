import { expect, test } from 'vitest';
import { decodeText, textFile } from './text.ts';

test('LF, CRLF and CR each end one line', () => {
  const file = textFile('x', 'a\nb\r\nc\rd');
  expect(file.lines().map((l) => l.text)).toEqual(['a', 'b', 'c', 'd']);
  expect([0, 2, 5, 7].map((o) => file.position(o))).toEqual([1, 2, 3, 4].map((line) => ({ line, column: 1 })));
});

test('evidence is the text between two offsets', () => {
  const file = textFile('x', 'ab\n  cd = 1\n');
  expect(file.at({ from: 5, to: 11 })).toEqual({
    from: 'file',
    file: 'x',
    range: { start: { line: 2, column: 3 }, end: { line: 2, column: 9 } },
    text: 'cd = 1',
  });
});

test('a byte order mark decides, then a coding line, then UTF-8', () => {
  expect(decodeText(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]))).toBe('a');
  expect(decodeText(new Uint8Array([0xff, 0xfe, 0x61, 0]))).toBe('a');
  expect(decodeText(new Uint8Array([...Buffer.from('#!x\n# -*- coding: latin-1 -*-\n'), 0xe9]))?.at(-1)).toBe('é');
  expect(decodeText(new Uint8Array([0x61, 0]))).toBeUndefined();
});
