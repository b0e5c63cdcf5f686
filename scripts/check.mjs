// Types, lint, format, dead code: each must be clean.
import { spawnSync } from 'node:child_process';
import { root, setUp } from './setup.mjs';

setUp();
const checks = [
  ['types', ['tsc', '-p', '.']],
  ['lint', ['oxlint', '--deny-warnings', 'src', 'scripts', 'test', 'bench']],
  ['format', ['oxfmt', '--check', 'src', 'scripts', 'test', 'bench', '!bench/RESULTS.md']],
  ['dead code', ['knip']],
];
let failed = 0;
for (const [name, [command, ...args]] of checks) {
  const end = spawnSync('npx', ['--no-install', command, ...args], { cwd: root, encoding: 'utf8' });
  console.log(`${end.status === 0 ? 'ok  ' : 'FAIL'} ${name}`);
  if (end.status !== 0) {
    failed += 1;
    console.log(end.stdout + end.stderr);
  }
}
process.exit(failed === 0 ? 0 : 1);
