// Linting of many files: time and memory of whole processes, for the Dockerfiles of bench/corpus.mjs again and again.
//   node bench/lint-many.mjs            2,500 and 10,000 files
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setUp } from '../scripts/setup.mjs';
import { corpus } from './corpus.mjs';
import { runWithPeak } from './peak.mjs';

setUp();
const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [2_500, 10_000];
const sources = corpus().flatMap((source) => source.files);
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-many-'));
try {
  console.log('files   time    most memory');
  for (const size of sizes) {
    const work = join(folder, String(size));
    for (let i = 0; i < size; i += 1) {
      mkdirSync(join(work, String(i)), { recursive: true });
      writeFileSync(join(work, String(i), 'Dockerfile'), Buffer.from(sources[i % sources.length].base64, 'base64'));
    }
    const words = [join(root, 'dist/plimsoll.js'), 'lint', '--no-shellcheck', '--json', '--fail-on', 'none', work];
    const { seconds, megabytes } = runWithPeak(words, folder);
    console.log(`${String(size).padEnd(7)} ${`${seconds} s`.padEnd(7)} ${megabytes} MiB`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
