import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { jsonDocuments } from '../src/report/json/index.ts';
import { copyOf, fixtures, plimsoll, root, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);
const service = copyOf(join(fixtures, 'python-tcp/service'), join(place.folder, 'tcp'));
const layout = join(service, '.plimsoll/image');
const dockerfile = join(place.folder, 'Dockerfile');
const built = join(place.folder, 'build.json');
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
    'ship-all': [place.folder, '--all', '--only', 'pinned'],
    discover: [service, '--discover'],
    prove: [service, '--image', `oci:${layout}`, '--skip', 'logs'],
    lint: [dockerfile],
    init: [join(fixtures, 'python-fastapi/service'), '--dry-run'],
    compare: [layout, layout, '--dockerfiles', `${dockerfile},${dockerfile}`, '--builds', `${built},${built}`],
    inspect: [layout],
    validate: [layout],
    sbom: [layout],
    scan: [layout, '--osv', 'http://127.0.0.1:9'],
    pin: [service, '--check'],
    doctor: [],
    cache: ['ls'],
  };
  test.each(Object.keys(jsonDocuments) as (keyof typeof jsonDocuments)[])(
    '%s: one document of that shape on standard output',
    async (name) => {
      const [first, ...rest] = calls[name];
      const end = await plimsoll([
        name.replace(/-all$/, '').replace('discover', 'prove'),
        ...(first === undefined ? [] : [first]),
        ...rest,
        '--json',
      ]);
      if (name === 'build') writeFileSync(built, end.stdout);
      const parsed = jsonDocuments[name].safeParse(JSON.parse(end.stdout || 'null'));
      expect(parsed.error === undefined ? '' : `${z.prettifyError(parsed.error)}\n${end.stderr}`).toBe('');
    },
  );
});

describe('compare', () => {
  const compare = (...more: readonly string[]) => plimsoll(['compare', layout, layout, ...more]);
  const rows = async (...more: readonly string[]) =>
    (JSON.parse((await compare('--json', ...more)).stdout) as { rows: { what: string; before: string; change: string }[] }).rows;

  test('has the build times that the builds printed, and none without them', async () => {
    const total = (JSON.parse(readFileSync(built, 'utf8')) as { timings: { total: number } }).timings.total;
    const slower = join(place.folder, 'slower.json');
    writeFileSync(slower, readFileSync(built, 'utf8').replace(`"total": ${total}`, `"total": ${total * 2}`));
    expect(await rows('--builds', `${built},${slower}`)).toContainEqual(expect.objectContaining({ what: 'built in', change: '+100 %' }));
    expect((await rows()).map(({ what }) => what)).not.toContain('built in');
  });

  test('refuses the build of another image, and what no build printed', async () => {
    const other = join(place.folder, 'other.json');
    writeFileSync(other, readFileSync(built, 'utf8').replace(/("digest": "sha256:)[0-9a-f]{8}/, '$100000000'));
    const refused = await compare('--builds', `${built},${other}`);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('is of another image')]);
    expect((await compare('--builds', `${built},${dockerfile}`)).stderr).toContain('is not what a build printed');
  });
});
