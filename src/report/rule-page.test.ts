import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { rules } from '../lint/index.ts';
import { rulePage } from './rule-page.ts';

const folder = fileURLToPath(new URL('../../docs/rules/', import.meta.url));
if (process.env['PLIMSOLL_GOLDEN'] === 'write') {
  mkdirSync(folder, { recursive: true });
  for (const rule of rules) writeFileSync(`${folder}${rule.id}.md`, rulePage(rule));
}

test('each rule has its page in docs/rules, made of its own metadata', () => {
  expect(readdirSync(folder).toSorted()).toEqual(rules.map((rule) => `${rule.id}.md`).toSorted());
  for (const rule of rules) expect(readFileSync(`${folder}${rule.id}.md`, 'utf8')).toBe(rulePage(rule));
});
