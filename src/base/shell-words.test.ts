import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { splitWords } from './shell-words.ts';

const PLAIN = [
  'a b  c',
  "a 'b c' d",
  'a "b c" d',
  'a\\ b c',
  '"a\\"b" \'c\'d',
  'x="1 2" y',
  'a "" b',
  "gunicorn 'app:create_app()' -b 0.0.0.0:8000",
  'a # b',
  'a#b',
  '\ta\tb ',
];

test.skipIf(!hasShell())('words are split as a POSIX shell splits them', () => {
  for (const line of PLAIN) {
    const words = execFileSync('sh', ['-c', `for word in ${line}\ndo printf '%s\\n' "$word"\ndone`], { encoding: 'utf8' })
      .split('\n')
      .slice(0, -1);
    expect(splitWords(line), line).toEqual(words);
  }
});

test.each(['a | b', 'a && b', 'a; b', 'a > f', 'a $(b)', 'a `b`', "a 'b", 'a "b', '(a)'])('`%s` needs a shell', (line) => {
  expect(splitWords(line)).toBeUndefined();
});

test('variables stay as they stand', () => {
  expect(splitWords('uvicorn app:app --port "${PORT:-8000}" --host $HOST')).toEqual([
    'uvicorn',
    'app:app',
    '--port',
    '${PORT:-8000}',
    '--host',
    '$HOST',
  ]);
});

function hasShell(): boolean {
  try {
    execFileSync('sh', ['-c', 'true']);
    return true;
  } catch {
    return false;
  }
}
