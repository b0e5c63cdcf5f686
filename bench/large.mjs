// Large applications: memory and times of a build from nothing, unchanged, and after a change of the source, in three sizes.
//   node bench/large.mjs            1,000, 10,000 and 100,000 files of 20 kB
//   node bench/large.mjs 1000       only that many
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setUp } from '../scripts/setup.mjs';

setUp();
const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1_000, 10_000, 100_000];
const FILE_BYTES = 20_000;
const work = mkdtempSync(join(tmpdir(), 'plimsoll-large-'));
const env = { ...process.env, XDG_CACHE_HOME: join(work, 'cache') };

/** Half of each file can be compressed; the same bytes in every run. */
function makeService(files) {
  const folder = join(work, String(files));
  cpSync(join(root, 'fixtures/python-tcp/service'), folder, { recursive: true });
  let state = 12345;
  for (let i = 0; i < files; i += 1) {
    const below = join(folder, 'data', String(Math.floor(i / 1000)), String(Math.floor(i / 100) % 10));
    if (i % 100 === 0) mkdirSync(below, { recursive: true });
    const bytes = Buffer.alloc(FILE_BYTES);
    for (let at = 0; at < FILE_BYTES; at += 8) bytes.writeUInt32LE((state = (Math.imul(state, 1664525) + 1013904223) >>> 0), at);
    writeFileSync(join(below, `${i}.bin`), bytes);
  }
  return folder;
}

// The peak of memory is the child's own word, at its end.
const preload = join(work, 'peak.cjs');
writeFileSync(
  preload,
  `process.on('exit', () => require('node:fs').writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS)));`,
);

function build(folder) {
  const peak = join(work, 'peak');
  const began = performance.now();
  const end = spawnSync(process.execPath, ['--require', preload, join(root, 'dist/plimsoll.js'), 'build', folder, '--json'], {
    encoding: 'utf8',
    env: { ...env, PEAK_FILE: peak },
    maxBuffer: 1 << 28,
  });
  if (end.status !== 0) throw new Error(end.stderr);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const { image } = JSON.parse(end.stdout);
  return { seconds, megabytes: Math.round(Number(readFileSync(peak, 'utf8')) / 1024), image };
}

try {
  build(makeService(1)); // Debian's packages are in the store from here on
  console.log('files     bytes    layers  from nothing      unchanged         one line of source');
  for (const files of sizes) {
    const folder = makeService(files);
    spawnSync('sleep', ['3']); // a file that is younger than two seconds is read again
    const figures = [build(folder), build(folder)];
    appendFileSync(join(folder, 'server.py'), '#\n');
    figures.push(build(folder));
    const cells = figures.map(({ seconds, megabytes }) => `${seconds} s, ${megabytes} MiB`.padEnd(18));
    console.log(
      `${String(files).padEnd(9)} ${`${(files * FILE_BYTES) / 1e6} MB`.padEnd(8)} ${String(figures[0].image.layers.length).padEnd(7)} ${cells.join('')}`,
    );
    rmSync(folder, { recursive: true, force: true });
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
