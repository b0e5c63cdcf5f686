import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { noMemo, type Evidence, type Memo } from '../base/index.ts';
import { fixtureFiles } from '../base/fixtures.testing.ts';
import { readService } from './index.ts';
import { decodeText, textFile } from './text.ts';

const ROOT = join(import.meta.dirname, '..', '..', 'fixtures');
const names = readdirSync(ROOT).filter((n) => n.startsWith('python-'));

describe.each(names)('%s', (name) => {
  const folder = join(ROOT, name);
  const read = async (memo = noMemo) => readService(await fixtureFiles(name), { folderName: name, memo });

  test('has one line that says what it shows', () => {
    expect(readFileSync(join(folder, 'README.md'), 'utf8').trim().split('\n')).toHaveLength(1);
  });

  test('is read as its golden facts say', async () => {
    const golden = join(folder, 'service.json');
    const text = `${JSON.stringify(await read(), null, 2)}\n`;
    if (process.env['PLIMSOLL_GOLDEN'] === 'write') writeFileSync(golden, text);
    expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(golden, 'utf8')));
  });

  test('is read the same from what was parsed before', async () => {
    const made = new Map<string, string>();
    const memo: Memo = {
      recall: (kind, text) => (made.has(kind + text) ? JSON.parse(made.get(kind + text) ?? '') : undefined),
      remember: (kind, text, value) => void made.set(kind + text, JSON.stringify(value)),
    };
    const first = await read(memo);
    const parsed = made.size;
    expect(await read(memo)).toEqual(first);
    expect(made.size).toBe(parsed);
  });

  test('every text given as evidence stands in its file, at its line and column', async () => {
    const all = evidenceIn(await read());
    expect(all.length).toBeGreaterThan(0);
    for (const e of all) {
      const text = decodeText(readFileSync(join(folder, 'service', e.file))) ?? '';
      const lines = textFile(e.file, text).lines();
      const offset = (at: { line: number; column: number }): number => (lines[at.line - 1]?.from ?? Number.NaN) + at.column - 1;
      expect(text.slice(offset(e.range.start), offset(e.range.end))).toBe(e.text);
      expect(e.text).not.toBe('');
    }
  });
});

type FileEvidence = Extract<Evidence, { from: 'file' }>;

function evidenceIn(value: unknown): FileEvidence[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'from' in value && value.from === 'file' ? [value as FileEvidence] : [];
  return [...own, ...Object.values(value).flatMap(evidenceIn)];
}
