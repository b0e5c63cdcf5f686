import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { silent } from '../src/base/index.ts';
import { openStore } from '../src/base/node.ts';
import { findUv, uvEnvironment } from '../src/build/direct/python/index.ts';
import { copyOf, root, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);

/** The first interpreter of this machine that the example allows. */
const python = ['/usr/bin/python3', 'python3', 'python3.11', 'python3.12', 'python3.13'].find(
  (name) => spawnSync(name, ['-c', 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))']).status === 0,
);

test.skipIf(python === undefined)("the example's own tests pass", async () => {
  const folder = copyOf(join(root, 'examples/weather-tracker'), join(place.folder, 'weather-tracker'));
  const venv = join(place.folder, 'venv');
  const run = (file: string, ...args: string[]): string => {
    const end = spawnSync(file, args, { cwd: folder, encoding: 'utf8', env: { ...uvEnvironment(), PYTHONDONTWRITEBYTECODE: '1' } });
    expect({ status: end.status, said: end.status === 0 ? '' : end.stdout + end.stderr }).toEqual({ status: 0, said: '' });
    return end.stdout;
  };
  const store = await openStore();
  const uv = await findUv(store, silent, () => Promise.reject(new Error('no pip'))).finally(() => store.close());
  run(uv, 'venv', '--quiet', '--python', python ?? '', venv);
  run(uv, 'pip', 'install', '--quiet', '--python', venv, '-r', 'requirements-dev.txt');
  expect(Number(/(\d+) passed/.exec(run(join(venv, 'bin/python'), '-m', 'pytest', '-q'))?.[1])).toBeGreaterThan(30);
});
