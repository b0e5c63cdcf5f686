import { describe, expect, test } from 'vitest';
import { parse } from '../../dockerfile/index.ts';
import { scriptOf, type Script } from './index.ts';

const read = (text: string, shell?: readonly string[]): { script: Script; file: string } => {
  const file = `FROM debian:12\n${text}`;
  const instruction = parse(file).instructions[1];
  if (instruction === undefined) throw new Error('no instruction');
  return { script: scriptOf(instruction, shell), file };
};
const programs = (text: string, shell?: readonly string[]): readonly string[] =>
  read(text, shell).script.calls.map(({ program }) => program);
const fates = (text: string, shell?: readonly string[]): Record<string, string> =>
  Object.fromEntries(read(text, shell).script.calls.map(({ program, fate }) => [program, fate]));

describe('the calls of a script', () => {
  test.each([
    ['RUN a && b; c || d | e & f', ['a', 'b', 'c', 'd', 'e', 'f']],
    ['RUN if a; then b; elif c; then d; else e; fi; g', ['a', 'b', 'c', 'd', 'e', 'g']],
    ['RUN for x in 1 2; do a $x; done && while b; do c; done', ['a', 'b', 'c']],
    ['RUN case "$(uname -m)" in x86_64) a ;; arm64|aarch64) b;; *) c; esac; d', ['a', 'b', 'c', 'd']],
    ['RUN (a; b) && { c; d; }', ['a', 'b', 'c', 'd']],
    ['RUN f() { a; }; function g { b; }; f', ['a', 'b', 'f']],
    ['RUN sudo -u me -E env A=b exec /usr/bin/apt-get install', ['apt-get']],
    ['RUN bash -exc "a && b" && c', ['bash', 'a', 'b', 'c']],
    ['RUN echo $(a "$(b)") `c`', ['echo', 'a', 'b', 'c']],
    ['RUN sh -c "$(a b)" && c', ['sh', '', 'a', 'c']],
    ['RUN bash <(a -b) c && diff <(d) >(e)', ['bash', 'a', 'diff', 'd', 'e']],
    ['RUN ["/bin/sh", "-c", "a && b"]', ['sh', 'a', 'b']],
    ['RUN [ -f x ] && a 2>/dev/null >&2 < y', ['[', 'a']],
    ['RUN <<EOF\na\nb # c\n\nd\nEOF', ['a', 'b', 'd']],
    ['RUN <<EOF\n#!/usr/bin/env python3\nimport os\nEOF', []],
    ['HEALTHCHECK CMD curl -f x || exit 1', ['curl', 'exit']],
    ['RUN $X a; a', ['', 'a']],
    ['RUN find . -exec rm {} \\; -o -name "*.py" && a', ['find', 'a']],
    ['RUN a \\\n  # said\n  && b', ['a', 'b']],
    ['RUN echo "a && b" \'c; d\' e\\;f # g', ['echo']],
  ])('%s', (text, expected) => {
    expect(programs(text).toSorted()).toEqual([...expected].toSorted());
  });

  test('know their places', () => {
    const { script, file } = read('RUN A=b apt-get \\\n  install "c d" && x\n');
    const [first] = script.calls;
    expect(file.slice(first?.span.start, first?.span.end)).toBe('A=b apt-get \\\n  install "c d"');
    expect(first?.args.map(({ text, span }) => [text, file.slice(span.start, span.end)])).toEqual([
      ['install', 'install'],
      ['c d', '"c d"'],
    ]);
  });

  test('in a JSON string and in a heredoc know them too', () => {
    for (const text of ['RUN ["sh", "-c", "a && bcd e"]', 'RUN <<EOF\na\n  bcd e\nEOF\n']) {
      const { script, file } = read(text);
      const call = script.calls.find(({ program }) => program === 'bcd');
      expect(file.slice(call?.span.start, call?.span.end)).toBe('bcd e');
    }
  });

  test('know what is piped into what', () => {
    const { script } = read('RUN a | b | c && d');
    expect(script.calls.map(({ program, pipedInto }) => [program, pipedInto?.program])).toEqual([
      ['a', 'b'],
      ['b', 'c'],
      ['c', undefined],
      ['d', undefined],
    ]);
  });
});

describe('what becomes of a failure', () => {
  test.each([
    ['RUN a && b', { a: 'ends', b: 'ends' }],
    ['RUN a; b', { a: 'lost to ;', b: 'ends' }],
    ['RUN set -ex; a; b', { set: 'lost to ;', a: 'ends', b: 'ends' }],
    ['RUN set -e && a | b; c', { set: 'lost to ;', a: 'lost to |', b: 'ends', c: 'ends' }],
    ['RUN set -e; a && b; c', { set: 'lost to ;', a: 'lost to ;', b: 'ends', c: 'ends' }],
    ['RUN set -eo pipefail; a | b', { set: 'lost to ;', a: 'ends', b: 'ends' }],
    ['RUN a || true', { a: 'lost to ||', true: 'ends' }],
    ['RUN a && b || exit 1', { a: 'tested', b: 'tested', exit: 'ends' }],
    ['RUN if a; then b; fi', { a: 'tested', b: 'ends' }],
    ['RUN for x in 1; do a; b; done', { a: 'lost to ;', b: 'lost to ;' }],
    ['RUN set -e; for x in 1; do a; b; done', { set: 'lost to ;', a: 'ends', b: 'ends' }],
    ['RUN (set -e; a; b); c; d', { set: 'lost to ;', a: 'lost to ;', b: 'lost to ;', c: 'lost to ;', d: 'ends' }],
    ['RUN ! a && b', { a: 'tested', b: 'ends' }],
    ['RUN a & b', { a: 'lost to &', b: 'ends' }],
    ['RUN echo $(a)', { echo: 'ends', a: 'tested' }],
    ['RUN <<EOF\na\nb\nEOF', { a: 'lost to ;', b: 'ends' }],
  ])('%s', (text, expected) => {
    expect(fates(text)).toEqual(expected);
  });

  test('under SHELL with its options', () => {
    expect(fates('RUN a | b; c', ['/bin/bash', '-euo', 'pipefail', '-c'])).toEqual({ a: 'ends', b: 'ends', c: 'ends' });
    expect(programs('RUN a', ['powershell', '-Command'])).toEqual([]);
  });
});

test('reads anything in bounded time', () => {
  const hostile = [
    '(',
    '$(',
    '`',
    '"',
    "'",
    '{ ',
    'if ',
    'case ',
    'case x in (',
    'a() ',
    'function f ',
    '| ',
    '&& ',
    '$((',
    '<<',
    'x\\',
    ') ',
    ';; ',
  ];
  for (const piece of hostile) expect(() => read(`RUN a ${piece.repeat(20_000)}`)).not.toThrow();
});
