import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Memo } from '../../../base/index.ts';
import { textFile } from '../../text.ts';
import { isProblem, parseToml } from './toml.ts';

/** As the memo on disk: through JSON. */
function memory(): Memo & { readonly kept: Map<string, string>; readonly recalled: string[] } {
  const kept = new Map<string, string>();
  const recalled: string[] = [];
  return {
    kept,
    recalled,
    recall<T>(kind: string, text: string) {
      const found = kept.get(`${kind} ${text}`);
      if (found !== undefined) recalled.push(kind);
      return found === undefined ? undefined : (JSON.parse(found) as T);
    },
    remember: (kind, text, value) => void kept.set(`${kind} ${text}`, JSON.stringify(value)),
  };
}

const root = join(import.meta.dirname, '../../../..');
const locks = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (path) => /^(fixtures|examples)\/.*(\.lock|pylock.*\.toml)$/.test(path) && !path.includes('Pipfile') && !path.includes('plimsoll'),
);
const everything = `a = 1\nb.c = "x"\nd = [1, "two", [3.5, true], {e = 2024-01-02T03:04:05Z}]\n[t."q.r"]\nf = 1_000\n[[list]]\ng = 'h'\n[[list]]\n[list.sub]\ni = """j\nk"""\n# ${'long '.repeat(4000)}\n`;

test.each([['every kind of value', everything] as const, ...locks.map((path) => [path, readFileSync(join(root, path), 'utf8')] as const)])(
  '%s is the same when it was parsed before',
  (_, text) => {
    const memo = memory();
    const read = () => {
      const found = parseToml(textFile('x.toml', text, memo));
      if (isProblem(found)) throw new Error(found.what);
      return found.root;
    };
    const first = read();
    const second = read();
    expect(second).toEqual(first);
    expect(memo.recalled).toHaveLength(text.length < 16 * 1024 ? 0 : 1);
  },
);
