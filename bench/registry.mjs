// Pull and push of an image of 250 MB in five layers, beside skopeo: whole processes, in turn, each from nothing (an empty
// store or folder, an empty registry of Debian's docker-registry on the loopback). Prints a table in Markdown.
//   node bench/registry.mjs [RUNS]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { startRegistry } from '../scripts/engines/registry.mjs';
import { root, setUp } from '../scripts/setup.mjs';

const RUNS = Number(process.argv[2] ?? 7);
const LAYERS = 5;
const LAYER_BYTES = 50e6;

setUp();
const work = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));
const layout = join(work, 'layout');
const folder = (name) => mkdtempSync(join(work, `${name}-`));

/** The client as the program has it, in a process of its own: `pull NAME STORE`, `push NAME STORE`, `make STORE`. */
const SOURCE = `
import { randomBytes } from 'node:crypto';
import { openStore } from '${root}/src/base/node.ts';
import { imageFromLayers, openImage, parseRegistryName, pushImages, writeLayer, writeLayout } from '${root}/src/image/index.ts';
const [what, place, name] = process.argv.slice(2);
const store = await openStore(place);
if (what === 'pull') await openImage('docker://' + name, undefined, { store });
if (what === 'push') await pushImages([await openImage('oci:${layout}:x')], parseRegistryName(name), { store });
if (what === 'make') {
  const layers = [];
  for (let i = 0; i < ${LAYERS}; i += 1) {
    const file = { type: 'file', path: 'f' + i, mode: 0o644, uid: 0, gid: 0, content: randomBytes(${LAYER_BYTES}) };
    layers.push(await writeLayer([file], { mtimeSeconds: 0, createdBy: 'f' + i }, store));
  }
  await writeLayout('${layout}', [imageFromLayers({ architecture: 'amd64', os: 'linux' }, layers, store)], 'x');
}
await store.close();
`;

async function bundle() {
  const entry = join(work, 'entry.mjs');
  writeFileSync(entry, SOURCE);
  // Layers of this size are compressed in a thread, whose program is looked for beside it.
  const input = { client: entry, 'compress-worker': join(root, 'src/image/layer/compress-worker.js') };
  const made = await rolldown({ input, platform: 'node', external: [/^node:/] });
  await made.write({ dir: join(work, 'client'), format: 'esm', minify: { compress: true, mangle: false } });
  return join(work, 'client', 'client.js');
}

function timed(file, args) {
  const began = performance.now();
  // Node 20 spends 45 ms at each start on NODE_EXTRA_CA_CERTS, which nothing here needs.
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const end = spawnSync(file, args, { encoding: 'utf8', env });
  if (end.status !== 0) throw new Error(`${file} ${args.join(' ')}: ${end.stderr}`);
  return performance.now() - began;
}

const client = await bundle();
const ours = (what, name = '') => timed(process.execPath, [client, what, folder('store'), name]);
const skopeo = (...args) =>
  timed('skopeo', ['--insecure-policy', 'copy', '--quiet', '--src-tls-verify=false', '--dest-tls-verify=false', ...args]);

async function withRegistry(use) {
  const data = folder('registry');
  const registry = await startRegistry(data);
  try {
    return await use(registry);
  } finally {
    await registry.stop();
    rmSync(data, { recursive: true });
  }
}

const results = { 'pull, Plimsoll': [], 'pull, skopeo': [], 'push, Plimsoll': [], 'push, skopeo': [] };
try {
  ours('make');
  await withRegistry(async ({ address, push }) => {
    push(layout, 'bench/image:1');
    for (let i = 0; i < RUNS; i += 1) {
      results['pull, Plimsoll'].push(ours('pull', `${address}/bench/image:1`));
      results['pull, skopeo'].push(skopeo(`docker://${address}/bench/image:1`, `oci:${folder('skopeo')}:x`));
      for (const name of ['store', 'skopeo']) spawnSync('sh', ['-c', `rm -rf ${work}/${name}-*`]);
    }
  });
  for (let i = 0; i < RUNS; i += 1) {
    results['push, Plimsoll'].push(await withRegistry(({ address }) => ours('push', `${address}/bench/image:1`)));
    results['push, skopeo'].push(await withRegistry(({ address }) => skopeo(`oci:${layout}:x`, `docker://${address}/bench/image:1`)));
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
const rows = Object.entries(results).map(([what, values]) => {
  const peer = results[what.replace(/,.*/, ', skopeo')];
  const ratios = [(median(values) / median(peer)).toFixed(2), (Math.min(...values) / Math.min(...peer)).toFixed(2)];
  return [what, seconds(median(values)), seconds(Math.min(...values)), ...ratios];
});
const head = ['what', 'median', 'fastest', '÷ skopeo, medians', '÷ skopeo, fastest'];
for (const row of [head, head.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);
console.log(
  `\n${RUNS} runs each, in turn; ${cpus().length} processors, load ${loadavg()[0].toFixed(1)} at the end, Node ${process.versions.node}.`,
);
