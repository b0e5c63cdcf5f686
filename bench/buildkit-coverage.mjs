// How much of BuildKit's parser, instructions, shell and linter the inputs of the conformance tests reach.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setUp } from '../scripts/setup.mjs';

setUp();
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-coverage-'));
try {
  const tests = ['src/dockerfile/parse.test.ts', 'src/dockerfile/build/evaluate.test.ts', 'src/lint/buildkit.test.ts'];
  const end = spawnSync('npx', ['--no-install', 'vitest', 'run', '--maxWorkers=1', ...tests], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, GOCOVERDIR: folder },
  });
  if (end.status !== 0) process.exit(1);
  const lines = execFileSync('go', ['tool', 'covdata', 'percent', `-i=${folder}`], { encoding: 'utf8' }).split('\n');
  console.log(lines.filter((line) => /dockerfile\/(parser|instructions|shell|linter)\s/.test(line)).join('\n'));
  if (process.argv[2] !== undefined) execFileSync('go', ['tool', 'covdata', 'textfmt', `-i=${folder}`, '-o', process.argv[2]]);
} finally {
  rmSync(folder, { recursive: true });
}
