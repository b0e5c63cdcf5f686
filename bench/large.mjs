// Large applications: memory and times of a build from nothing, unchanged, and after a change of the source, in three sizes.
//   node bench/large.mjs            1,000, 10,000 and 100,000 files of 20 kB
//   node bench/large.mjs 1000       only that many
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setUp } from '../scripts/setup.mjs';
import { runWithPeak } from './peak.mjs';

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

function build(folder) {
  const { stdout, ...figures } = runWithPeak([join(root, 'dist/plimsoll.js'), 'build', folder, '--json'], work, env);
  return { ...figures, image: JSON.parse(stdout).image };
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
