import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { copyOf, fixtures, root, run, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);

test('what `npm pack` makes installs into an empty prefix without install scripts, and works from any folder', () => {
  const [prefix, away] = ['prefix', 'away'].map((name) => join(place.folder, name)) as [string, string];
  for (const folder of [prefix, away]) mkdirSync(folder);
  // The bundle is there already; without scripts nothing is built anew beside tests that use it.
  run(root, 'npm', 'pack', '--ignore-scripts', '--silent', '--pack-destination', place.folder);
  const [tarball = ''] = readdirSync(place.folder).filter((name) => name.endsWith('.tgz'));
  run(away, 'npm', 'install', '--global', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', prefix, join(place.folder, tarball));

  const plimsoll = join(prefix, 'bin/plimsoll');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(run(away, plimsoll, '--version')).toBe(`${version}\n`);

  const service = copyOf(join(fixtures, 'python-tcp/service'), join(place.folder, 'tcp'));
  expect(run(away, plimsoll, 'build', service)).toContain('sha256:');
  expect(run(away, plimsoll, 'validate', join(service, '.plimsoll/image'))).not.toBe('');
  expect(run(away, plimsoll, 'explain', 'bytecode')).toContain('# bytecode');

  const installed = join(prefix, 'lib/node_modules/plimsoll');
  expect(readdirSync(join(installed, 'node_modules'))).toEqual(['openpgp']);
  expect(existsSync(join(installed, 'schema/plimsoll.yaml.schema.json'))).toBe(true);
  // What is bundled keeps its licence.
  const licences = readFileSync(join(installed, 'dist/LICENSES.txt'), 'utf8');
  for (const name of ['@lezer/python', 'commander', 'fflate', 'yaml', 'zod']) expect(licences).toContain(`${name} `);
});
