// How often a sabotage, or a healthy service beside it, ends otherwise than it must: the whole matrix, PLIMSOLL_RUNS times
// (twenty). After each run its section of bench/RESULTS.md says how things stand, so that nothing is lost by stopping it.
// Further arguments are vitest's: `-t 'sigterm|pinned'` runs those.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setUp } from '../scripts/setup.mjs';

setUp();
const args = process.argv.slice(2);
const wanted = Number(process.env.PLIMSOLL_RUNS ?? 20);
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-flakes-'));
/** One for each run: its rows, how many healthy services there were, minutes, load. */
const runs = [];
try {
  while (runs.length < wanted) {
    runs.push(runOnce());
    const section = sectionOf(runs);
    writeSection(section);
    console.log(`\n${section}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(flakesOf(runs).length === 0 ? 0 : 1);

function runOnce() {
  const results = join(folder, 'results.json');
  const env = { ...process.env, PLIMSOLL_TESTS: 'long', PLIMSOLL_MATRIX: 'all', PLIMSOLL_RESULTS: results };
  const began = Date.now();
  spawnSync('npx', ['--no-install', 'vitest', 'run', 'src/prove/sabotage.test.ts', ...args], { cwd: root, stdio: 'inherit', env });
  const minutes = (Date.now() - began) / 60_000;
  return { ...JSON.parse(readFileSync(results, 'utf8')), minutes, load: loadavg()[2] };
}

function flakesOf(all) {
  return all.flatMap(({ rows }, run) => rows.flatMap((row) => row.odd.map((end) => ({ ...row, run: run + 1, end }))));
}

function sectionOf(all) {
  const flakes = flakesOf(all);
  const broken = all.reduce((sum, { rows }) => sum + rows.length, 0);
  const healthy = all.reduce((sum, run) => sum + run.healthy, 0);
  const spread = (values) => `${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}`;
  const command = ['npm run bench:flakes', ...(args.length > 0 ? ['--', ...args.map(quoted)] : [])].join(' ');
  return [
    '## Flakes',
    '',
    `\`${command}\` on ${new Date().toISOString().slice(0, 10)}, two processors: ${all.length} ${all.length === 1 ? 'run' : 'runs'} of the matrix, ${all[0].rows.length} sabotages in each, ${spread(all.map((it) => it.minutes))} minutes at a load of ${spread(all.map((it) => it.load))}; ${broken} services broken and ${healthy} healthy ones proven: **${flakes.length} flakes**.`,
    ...(flakes.length > 0 ? ['', '| run | gate | sabotage | ended with |', '| --- | --- | --- | --- |'] : []),
    ...flakes.map(({ run, gate, name, end }) => `| ${run} | \`${gate}\` | ${name} | \`${end}\` |`),
    '',
  ].join('\n');
}

function quoted(word) {
  return /^[\w-]+$/.test(word) ? word : `'${word}'`;
}

function writeSection(section) {
  const page = join(root, 'bench/RESULTS.md');
  const text = readFileSync(page, 'utf8');
  const [before, after = ''] = text.split(/^## Flakes\n/m);
  const next = after.search(/^## /m);
  writeFileSync(page, `${before.trimEnd()}\n\n${section}${next < 0 ? '' : `\n${after.slice(next)}`}`);
}
