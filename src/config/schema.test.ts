import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { jsonSchema } from './schema.ts';

const published = fileURLToPath(new URL('../../schema/plimsoll.yaml.schema.json', import.meta.url));

test('the published JSON Schema is the one that the reader checks by', () => {
  const text = `${JSON.stringify(jsonSchema(), null, 2)}\n`;
  if (process.env['PLIMSOLL_GOLDEN'] === 'write') {
    mkdirSync(dirname(published), { recursive: true });
    writeFileSync(published, text);
  }
  expect(readFileSync(published, 'utf8')).toBe(text);
});

test('every key of the first level says what it is for', () => {
  const { properties = {} } = jsonSchema();
  const silent = Object.entries(properties).filter(([, it]) => typeof it !== 'object' || !it.description);
  expect(silent.map(([name]) => name)).toEqual([]);
});
