import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { jsonDocuments } from '../src/report/json-schemas.ts';
import { copyOf, fixtures, plimsoll, root, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);
const service = copyOf(join(fixtures, 'python-tcp/service'), join(place.folder, 'tcp'));
const layout = join(service, '.plimsoll/image');
const dockerfile = join(place.folder, 'Dockerfile');
writeFileSync(dockerfile, 'FROM alpine AS Build\nENV A b\nFOO\n');
writeFileSync(join(service, 'plimsoll.yaml'), 'budget:\n  ready: 60 s\n');

test.each(Object.entries(jsonDocuments))('the published schema of `%s --json` is what the commands are held to', (name, document) => {
  const path = join(root, 'schema', `${name}.schema.json`);
  const text = `${JSON.stringify({ ...z.toJSONSchema(document), title: `plimsoll ${name} --json` }, null, 2)}\n`;
  if (process.env['PLIMSOLL_GOLDEN'] === 'write') writeFileSync(path, text);
  expect(readFileSync(path, 'utf8')).toBe(text);
});

describe('what the commands print', () => {
  const calls: Readonly<Record<keyof typeof jsonDocuments, readonly string[]>> = {
    plan: [join(fixtures, 'python-fastapi/service')],
    build: [service],
    ship: [service],
    prove: [service, '--image', `oci:${layout}`, '--skip', 'logs'],
    lint: [dockerfile],
    init: [join(fixtures, 'python-fastapi/service'), '--dry-run'],
    compare: [layout, layout, '--dockerfiles', `${dockerfile},${dockerfile}`],
    validate: [layout],
    doctor: [],
    cache: ['ls'],
  };
  test.each(Object.keys(jsonDocuments) as (keyof typeof jsonDocuments)[])(
    '%s: one document of that shape on standard output',
    async (name) => {
      const [first, ...rest] = calls[name];
      const end = await plimsoll([name, ...(first === undefined ? [] : [first]), ...rest, '--json']);
      const parsed = jsonDocuments[name].safeParse(JSON.parse(end.stdout || 'null'));
      expect(parsed.error === undefined ? '' : `${z.prettifyError(parsed.error)}\n${end.stderr}`).toBe('');
    },
  );
});
