// The whole suite. Closes with one plain line: `N passed, N failed, N skipped`, and why anything was skipped.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';

setUp();
if (process.argv.length === 2) buildOracles();
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-test-'));
const results = join(folder, 'results.json');
const vitestArguments = [
  '--no-install',
  'vitest',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${results}`,
  ...process.argv.slice(2),
];
const end = spawnSync('npx', vitestArguments, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });

let counts;
try {
  counts = JSON.parse(readFileSync(results, 'utf8'));
} catch {
  console.error('error: the test runner wrote no results');
  process.exit(end.status || 1);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const skipped = counts.testResults.flatMap((file) =>
  file.assertionResults.filter((test) => test.status === 'skipped' || test.status === 'pending'),
);
// A file that could not be loaded holds no test, and is a failure all the same.
const unloaded = counts.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
for (const test of skipped) console.log(`skipped: ${test.fullName}`);
const failed = counts.numFailedTests + unloaded;
console.log(`${counts.numPassedTests} passed, ${failed} failed, ${skipped.length} skipped`);
process.exit(failed === 0 && counts.numPassedTests > 0 ? (end.status ?? 1) : 1);

/** The programs that several test files ask: built once here, and not by all of them at the same time. */
function buildOracles() {
  if (spawnSync('go', ['version']).status !== 0) return;
  console.error('setting up: building BuildKit for the comparison; the first time this takes some minutes …');
  // Where src/base/oracle.testing.ts looks for them.
  const cache = join(root, 'node_modules/.cache/plimsoll');
  mkdirSync(cache, { recursive: true });
  for (const name of ['dockerfile', 'sarif', 'ignore', 'estargz', 'zstdchunked']) build(name, join(cache, `${name}-oracle`));
}

function build(name, program) {
  const end = spawnSync('go', ['build', '-o', program, '.'], {
    cwd: join(root, 'conformance', name),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (end.status !== 0) process.exit(3);
}
