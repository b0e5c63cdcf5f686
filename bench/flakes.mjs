// How often a sabotage, or a healthy service beside it, ends otherwise than it must: all of them, PLIMSOLL_RUNS times each
// (twenty), written to its section of bench/RESULTS.md. Further arguments are vitest's: `-t 'sigterm|pinned'` runs those.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setUp } from '../scripts/setup.mjs';

setUp();
const args = process.argv.slice(2);
const runs = process.env.PLIMSOLL_RUNS ?? '20';
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-flakes-'));
const results = join(folder, 'results.json');
let found;
try {
  const env = { ...process.env, PLIMSOLL_TESTS: 'long', PLIMSOLL_MATRIX: 'all', PLIMSOLL_RUNS: runs, PLIMSOLL_RESULTS: results };
  spawnSync('npx', ['--no-install', 'vitest', 'run', 'src/prove/sabotage.test.ts', ...args], { cwd: root, stdio: 'inherit', env });
  found = JSON.parse(readFileSync(results, 'utf8'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const odd = found.rows.flatMap((row) => row.odd.map((end) => ({ ...row, end })));
const broken = found.rows.length * found.runs;
const table = odd.map(({ gate, name, end }) => `| \`${gate}\` | ${name} | \`${end}\` |`);
const section = [
  '## Flakes',
  '',
  `\`${['npm run bench:flakes', ...(args.length > 0 ? ['--', ...args.map((word) => (/^[\w-]+$/.test(word) ? word : `'${word}'`))] : [])].join(' ')}\` on ${new Date().toISOString().slice(0, 10)}, at a load of ${loadavg()[0].toFixed(0)} on two processors: ${found.rows.length} sabotages, ${found.runs} ${found.runs === 1 ? 'run' : 'runs'} of each (${broken} proofs of broken services, ${found.healthy} of healthy ones): **${odd.length} flakes**.`,
  ...(odd.length > 0 ? ['', '| check | sabotage | ended with |', '| --- | --- | --- |', ...table] : []),
  '',
].join('\n');
console.log(`\n${section}`);

const page = join(root, 'bench/RESULTS.md');
const text = readFileSync(page, 'utf8');
const [before, after = ''] = text.split(/^## Flakes\n/m);
const next = after.search(/^## /m);
writeFileSync(page, `${before.trimEnd()}\n\n${section}${next < 0 ? '' : `\n${after.slice(next)}`}`);
process.exit(odd.length === 0 ? 0 : 1);
