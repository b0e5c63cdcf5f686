import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { findOnPath } from '../../base/node.ts';
import { secretsInFile } from './scan.ts';
import { utf16Of } from './utf-16.ts';

const token = `dckr_pat_${[...'xQ3kV9-mT_7bRw2LcYz8HfN0sJd'].toReversed().join('')}`;
const found = async (path: string, ...pieces: readonly Uint8Array[]) =>
  (
    await secretsInFile(
      path,
      (async function* () {
        yield* pieces;
      })(),
    )
  ).map(({ name, line }) => [name, line]);

describe.skipIf(!(await findOnPath('iconv')))('a text that iconv writes as', () => {
  const written = (text: string, to: string): Buffer =>
    execFileSync('iconv', ['-f', 'UTF-8', '-t', to], { input: text, maxBuffer: 1 << 26 });
  const settings = `[remote]\r\nhost = höst.internal\r\nlogin = ${token}\r\n`;

  test.each(['UTF-16', 'UTF-16LE', 'UTF-16BE'])('%s is read as text, with its lines', async (encoding) => {
    expect(await found('app/app.ini', written(settings, encoding))).toEqual([['Docker token', 3]]);
    expect(await found('app/app.ini', written(`\uFEFF${settings}`, encoding))).toEqual([['Docker token', 3]]);
  });

  test.each(['UTF-16LE', 'UTF-16BE'])('%s is read with what its file and its names say', async (encoding) => {
    expect(await found('app/.env', written('A=1\nAPI_KEY=correct-horse-battery\n', encoding))).toEqual([['`API_KEY`', 2]]);
  });

  test('UTF-16 is read in pieces that end within a character', async () => {
    const bytes = written(`${'x\n'.repeat(700_000)}${token}\n`, 'UTF-16BE');
    const pieces = Array.from({ length: Math.ceil(bytes.length / 65_537) }, (_, i) => bytes.subarray(i * 65_537, (i + 1) * 65_537));
    expect(await found('app/notes.txt', ...pieces)).toEqual([['Docker token', 700_001]]);
  });

  test.each(['UTF-8', 'UTF-32', 'UTF-32LE', 'UTF-32BE', 'ISO-8859-1', 'EUC-JP'])('%s is no UTF-16', (encoding) => {
    expect(utf16Of(written('key = value\n'.repeat(9), encoding))).toBeUndefined();
  });
});

test('numbers in two bytes each, and programs, are no text in UTF-16', () => {
  expect(utf16Of(new Uint8Array(Uint16Array.from({ length: 400 }, (_, i) => i).buffer))).toBeUndefined();
  expect(utf16Of(Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01'), Buffer.alloc(500)]))).toBeUndefined();
  expect(utf16Of(new Uint8Array())).toBeUndefined();
});
