// How often a sabotage, or a healthy service beside it, ends otherwise than it must: the whole matrix, PLIMSOLL_RUNS times
// (twenty), PLIMSOLL_AT_ONCE proofs beside each other (two), a row for each run in its section of bench/RESULTS.md, below
// those that are there. It may be stopped and begun again. Further arguments are vitest's: `-t 'sigterm|pinned'` runs
// those, and no row is written.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setUp } from '../scripts/setup.mjs';

setUp();
const args = process.argv.slice(2);
const wanted = Number(process.env.PLIMSOLL_RUNS ?? 20);
const atOnce = process.env.PLIMSOLL_AT_ONCE ?? '2';
const page = join(root, 'bench/RESULTS.md');
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-flakes-'));
let flakes = 0;
try {
  for (let run = 0; run < wanted; run += 1) {
    const { row, odd } = runOnce();
    flakes += odd.length;
    const section = sectionOf([...rowsBefore(), [row, ...odd]]);
    console.log(`\n${section}`);
    if (args.length === 0) writeSection(section);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(flakes === 0 ? 0 : 1);

/** The table's row of a run, and a line for each flake. */
function runOnce() {
  const results = join(folder, 'results.json');
  const env = { ...process.env, PLIMSOLL_TESTS: 'long', PLIMSOLL_RESULTS: results };
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).stdout.trim();
  const began = Date.now();
  const command = ['--no-install', 'vitest', 'run', `--maxConcurrency=${atOnce}`, 'src/prove/sabotage.test.ts', ...args];
  spawnSync('npx', command, { cwd: root, stdio: 'inherit', env });
  const { rows, healthy } = JSON.parse(readFileSync(results, 'utf8'));
  const odd = rows.flatMap((row) => row.odd.map((end) => `| | \`${row.gate}\` | ${row.name} | | | | \`${inOneLine(end)}\` |`));
  const when = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const minutes = ((Date.now() - began) / 60_000).toFixed(0);
  const load = loadavg()[2].toFixed(1);
  return { row: `| ${when} | ${commit} | ${rows.length} and ${healthy} | ${atOnce} | ${minutes} | ${load} | ${odd.length} |`, odd };
}

/** As a cell of a table. */
function inOneLine(text) {
  return text
    .replaceAll(/[\s`|]+/g, ' ')
    .trim()
    .slice(0, 200);
}

function sections() {
  const [before, after = ''] = readFileSync(page, 'utf8').split(/^## Flakes\n/m);
  const next = after.search(/^## /m);
  return { before, own: next < 0 ? after : after.slice(0, next), behind: next < 0 ? '' : after.slice(next) };
}

/** Each run's lines. */
function rowsBefore() {
  const runs = [];
  for (const line of sections().own.split('\n')) {
    if (/^\| \d{4}-/.test(line)) runs.push([line]);
    else if (/^\| \| /.test(line)) runs.at(-1)?.push(line);
  }
  return runs;
}

function sectionOf(runs) {
  const odd = runs.flat().filter((line) => line.startsWith('| | ')).length;
  return [
    '## Flakes',
    '',
    `\`npm run bench:flakes\`, two processors: ${runs.length} ${runs.length === 1 ? 'run' : 'runs'} of the whole matrix, **${odd} ${odd === 1 ? 'flake' : 'flakes'}**. A flake is a sabotage that is not found, that another gate fails for, or whose healthy service fails.`,
    '',
    '| run, its end | commit | sabotages, healthy services | at once | minutes | load | flakes |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...runs.flat(),
    '',
  ].join('\n');
}

function writeSection(section) {
  const { before, behind } = sections();
  writeFileSync(page, `${before.trimEnd()}\n\n${section}${behind === '' ? '' : `\n${behind}`}`);
}
