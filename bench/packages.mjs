// A service of about 200 distributions (bench/packages.txt and what those need, wheels alone): memory and times of a first
// build, of one where nothing changed, and of one after a line of source.
//   node bench/packages.mjs
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setUp } from '../scripts/setup.mjs';
import { runWithPeak } from './peak.mjs';

setUp();
const work = mkdtempSync(join(tmpdir(), 'plimsoll-packages-'));
const env = { ...process.env, XDG_CACHE_HOME: join(work, 'cache') };

function makeService(name) {
  const folder = join(work, name);
  cpSync(join(root, 'fixtures/python-tcp/service'), folder, { recursive: true });
  return folder;
}

function build(folder) {
  const { stdout, ...figures } = runWithPeak([join(root, 'dist/plimsoll.js'), 'build', folder, '--json'], work, env);
  return { ...figures, image: JSON.parse(stdout).image };
}

try {
  build(makeService('none')); // Debian's packages are in the store from here on
  const folder = makeService('many');
  cpSync(join(root, 'bench/packages.txt'), join(folder, 'requirements.txt'));
  const first = build(folder);
  if (first.image === undefined) throw new Error('nothing was built');
  const unchanged = build(folder);
  appendFileSync(join(folder, 'server.py'), '#\n');
  const line = build(folder);
  const locked = JSON.parse(readFileSync(join(folder, 'plimsoll.lock'), 'utf8')).python.requirements.match(/^[\w.-]+(\[.*\])?==/gm);
  console.log('distributions  unpacked   first build       unchanged         one line of source');
  const cells = [first, unchanged, line].map(({ seconds, megabytes }) => `${seconds} s, ${megabytes} MiB`.padEnd(18));
  console.log(
    `${String(locked.length).padEnd(14)} ${`${(first.image.size.uncompressed / 1e6).toFixed(1)} MB`.padEnd(10)} ${cells.join('')}`,
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}
