// How long it takes to look through all layers of an image of 250 MB for secrets, and how much memory: five layers of files of real
// packages (bench/secrets.mjs fetches them), uncompressed, as a gate of a proof gets them. Processor time, since machines are shared.
//   node bench/secrets-speed.mjs
import { spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RUNS = 3;
const LAYERS = 5;
const LAYER_BYTES = 50e6;
const packages = join(homedir(), '.cache/plimsoll-bench-secrets');
const folder = process.argv.length > 2 ? '' : mkdtempSync(join(tmpdir(), 'plimsoll-secrets-speed-'));

async function bundled() {
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: fileURLToPath(new URL('../src/prove/secrets/in-layers.ts', import.meta.url)),
    platform: 'node',
    external: [/^node:/, 'openpgp'],
    logLevel: 'silent',
  });
  await bundle.write({ dir: folder, entryFileNames: 'in-layers.mjs', chunkFileNames: '[name].mjs', format: 'esm' });
  return join(folder, 'in-layers.mjs');
}

/** Programs and libraries of Debian, wheels, JavaScript: what images are made of, in turn. */
function* files() {
  const lists = ['a/debian', 'a/wheels', 'b/debian', 'b/wheels', 'b/npm'].map((below) =>
    readdirSync(join(packages, below), { recursive: true, withFileTypes: true })
      .filter((it) => it.isFile())
      .map((it) => join(it.parentPath, it.name)),
  );
  for (let i = 0; lists.some((list) => i < list.length); i += 1) for (const list of lists) if (i < list.length) yield list[i];
}

function layers() {
  const taken = files();
  return Array.from({ length: LAYERS }, (_, index) => {
    const paths = [];
    for (let bytes = 0; bytes < LAYER_BYTES;) {
      const path = taken.next().value;
      paths.push(path.slice(1));
      bytes += statSync(path).size;
    }
    const tar = join(folder, `${index}.tar`);
    spawnSync('tar', ['-cf', tar, '-C', '/', '-T', '-'], { input: paths.join('\n') });
    return tar;
  });
}

/** In a process of its own, so that what bundles and lists files is not in its memory. */
async function measure(bundle, tars) {
  const { secretsInLayers } = await import(bundle);
  const all = tars.map((tar) => ({ tar: () => createReadStream(tar, { highWaterMark: 1 << 18 }), size: statSync(tar).size }));
  const before = process.resourceUsage().maxRSS;
  for (let run = 0; run < RUNS; run += 1) {
    const [began, cpu] = [performance.now(), process.cpuUsage()];
    const { files: count, found } = await secretsInLayers({ layers: async () => all }, async () => ({ entries: new Map() }));
    const { user, system } = process.cpuUsage(cpu);
    console.log(
      `${(all.reduce((sum, it) => sum + it.size, 0) / 1e6).toFixed(0)} MB, ${count} files, ${found.length} found:` +
        ` ${((performance.now() - began) / 1000).toFixed(1)} s by the clock, ${((user + system) / 1e6).toFixed(1)} s of processor time`,
    );
  }
  console.log(`at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB, ${Math.round(before / 1024)} MiB of them before`);
}

const [bundle, ...tars] = process.argv.slice(2);
if (bundle !== undefined) await measure(bundle, tars);
else
  try {
    const made = await bundled();
    spawnSync(process.execPath, [fileURLToPath(import.meta.url), made, ...layers()], { stdio: 'inherit' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
