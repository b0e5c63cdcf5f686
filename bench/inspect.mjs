// `plimsoll inspect` of Docker archives beside dive's CI mode: whole processes, in turn, with the most memory that each had.
// Prints a table in Markdown. dive is looked for on the PATH, or named; without it only Plimsoll is measured.
//   node bench/inspect.mjs [RUNS] [DIVE]
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setUp } from '../scripts/setup.mjs';

const RUNS = Number(process.argv[2] ?? 7);
const DIVE = process.argv[3] ?? 'dive';
const LAYERS = 8;
/** Files and bytes of each archive: as many files as an image of that size has (docker.io/library/python:3.12: 1.02 GB, 31,000 files). */
const SIZES = [
  { name: '250 MB', files: 8_000, bytes: 250e6 },
  { name: '2 GB', files: 30_000, bytes: 2e9 },
];

setUp();
const work = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));

/** A header of ustar. */
function header(name, size, mode = '0000644') {
  const block = Buffer.alloc(512);
  const cut = name.length > 100 ? name.lastIndexOf('/', 154) : -1;
  block.write(cut < 0 ? name : name.slice(cut + 1), 0);
  block.write(mode, 100);
  block.write('0000000', 108);
  block.write('0000000', 116);
  block.write(size.toString(8).padStart(11, '0'), 124);
  block.write('00000000000', 136);
  block.write('        ', 148);
  block.write('0', 156);
  block.write('ustar\u000000', 257);
  if (cut >= 0) block.write(name.slice(0, cut), 345);
  block.write(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return block;
}

const padding = (size) => Buffer.alloc((512 - (size % 512)) % 512);
const PLACES = [
  'usr/lib/x86_64-linux-gnu/lib',
  'usr/share/doc/package/',
  'usr/local/lib/python3.12/site-packages/some/',
  'usr/include/',
  'app/src/',
];
const noise = Buffer.alloc(1 << 20);
for (let at = 0, state = 12345; at < noise.length; at += 4)
  noise.writeUInt32LE((state = (Math.imul(state, 1664525) + 1013904223) >>> 0), at);

/** The files of a layer: most are small; one of twenty is large and like the others of its layer, so that nearly half of all bytes are copies, which have to be read to know it; a tenth of the second half stand in for files of the first. */
function* layerFiles(layer, { files, bytes }) {
  const perLayer = files / LAYERS;
  const lists = [];
  for (let i = 0; i < perLayer; i += 1) {
    const again = layer >= LAYERS / 2 && i % 10 === 0;
    const name = `${PLACES[i % PLACES.length]}${i % 97}/module_${again ? 0 : layer}_${i}.${['so', 'gz', 'py', 'h', 'js'][i % 5]}`;
    // One of twenty has most of the bytes, as in real images.
    const mean = bytes / files;
    const size = Math.round(i % 20 === 0 ? mean * 15 : (mean * 5 * (1 + (i % 13))) / 7 / 19 + i) + layer * 13;
    if (i % 5 < 2) lists.push(`/${name}`);
    yield { name, size };
  }
  yield { name: `var/lib/dpkg/info/package${layer}.list`, text: `${lists.join('\n')}\n` };
}

function archive({ name, ...size }) {
  const file = join(work, `${name.replace(' ', '')}.tar`);
  const out = openSync(file, 'w');
  const names = [];
  for (let layer = 0; layer < LAYERS; layer += 1) {
    const parts = [...layerFiles(layer, size)].map(({ text, ...it }) => ({ ...it, text, size: text?.length ?? it.size }));
    const total = parts.reduce((sum, it) => sum + 512 + it.size + padding(it.size).length, 1024);
    const hash = createHash('sha256');
    const put = (bytes) => {
      writeSync(out, bytes);
      hash.update(bytes);
    };
    names.push({ path: `layer${layer}/layer.tar` });
    writeSync(out, header(`layer${layer}/layer.tar`, total));
    for (const part of parts) {
      put(header(part.name, part.size));
      if (part.text) put(Buffer.from(part.text));
      else
        for (let left = part.size, from = part.size % 1000; left > 0; left -= noise.length - from, from = 0)
          put(noise.subarray(from, from + left));
      put(padding(part.size));
    }
    put(Buffer.alloc(1024));
    names.at(-1).digest = hash.digest('hex');
    writeSync(out, padding(total));
  }
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: names.map((it) => `sha256:${it.digest}`) },
    history: names.map((_, i) => ({ created_by: `RUN step ${i}` })),
  });
  const manifest = JSON.stringify([{ Config: 'config.json', RepoTags: ['bench:1'], Layers: names.map((it) => it.path) }]);
  for (const [path, text] of Object.entries({ 'config.json': config, 'manifest.json': manifest }))
    for (const bytes of [header(path, text.length), Buffer.from(text), padding(text.length)]) writeSync(out, bytes);
  writeSync(out, Buffer.alloc(1024));
  closeSync(out);
  return file;
}

/** The kernel's account of a process: seconds, processor seconds, most memory. */
const WATCH = `
import json, os, resource, subprocess, sys, time
began = time.monotonic()
end = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, 'CI': 'true'})
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({'code': end.returncode, 'said': end.stderr.decode()[-500:], 's': time.monotonic() - began, 'cpu': used.ru_utime + used.ru_stime, 'mb': used.ru_maxrss / 1024}))`;

function watched(...words) {
  // Node 20 spends 45 ms at each start on NODE_EXTRA_CA_CERTS, which nothing here needs.
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const seen = JSON.parse(spawnSync('python3', ['-c', WATCH, ...words], { encoding: 'utf8', env }).stdout);
  // 1: dive judges the image inefficient.
  if (seen.code > 1) throw new Error(`${words.join(' ')}: ${seen.said}`);
  return seen;
}

const tools = {
  'plimsoll inspect': (file) => watched(process.execPath, join(root, 'dist/plimsoll.js'), 'inspect', `docker-archive:${file}`),
  ...(spawnSync(DIVE, ['--version']).status === 0 ? { 'dive, CI': (file) => watched(DIVE, '--source', 'docker-archive', file) } : {}),
};
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const rows = [];
try {
  for (const size of SIZES.slice(0, Number(process.argv[4] ?? SIZES.length))) {
    const file = archive(size);
    const seen = Object.fromEntries(Object.keys(tools).map((name) => [name, []]));
    for (let i = 0; i < RUNS; i += 1) for (const [name, run] of Object.entries(tools)) seen[name].push(run(file));
    for (const [name, runs] of Object.entries(seen)) {
      const of = (key, choose) => choose(runs.map((it) => it[key]));
      const least = (values) => Math.min(...values);
      rows.push([
        `${size.name}, ${size.files.toLocaleString('en-US')} files`,
        name,
        `${of('s', median).toFixed(2)} s`,
        `${of('s', least).toFixed(2)} s`,
        `${of('cpu', median).toFixed(2)} s`,
        `${Math.round(of('mb', (values) => Math.max(...values)))} MiB`,
      ]);
    }
    rmSync(file);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
const head = ['archive', 'program', 'median', 'fastest', 'processor time, median', 'memory, most'];
for (const row of [head, head.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);
console.log(
  `\n${RUNS} runs each, in turn; ${cpus().length} processors, load ${loadavg()[0].toFixed(1)} at the end, Node ${process.versions.node}.`,
);
