// What is installed in an image, beside Syft: whole processes, in turn, on a Docker archive (Debian’s
// packages and wheels), and each package that only one of the two names, or in another version. Prints Markdown.
// Syft: GOBIN=FOLDER go install github.com/anchore/syft/cmd/syft@v1.57.1
//   node bench/sbom.mjs SYFT [ARCHIVE] [RUNS]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setUp } from '../scripts/setup.mjs';

const [syft = 'syft', named, runs = '5'] = process.argv.slice(2);
const program = join(root, 'dist/plimsoll.js');
setUp();
const work = mkdtempSync(join(tmpdir(), 'plimsoll-bench-sbom-'));

function run(argv, output) {
  const began = performance.now();
  const end = spawnSync(argv[0], argv.slice(1), {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, SYFT_CHECK_FOR_APP_UPDATE: 'false' },
  });
  if (end.status !== 0) throw new Error(`${argv.join(' ')}\n${end.stderr}`);
  return { ms: performance.now() - began, text: output ? readFileSync(output, 'utf8') : end.stdout };
}

/** A service with large wheels, built as anyone would. */
function makeArchive() {
  const archive = join(work, 'image.tar');
  const service = join(work, 'service');
  spawnSync('mkdir', [service]);
  const wheels = ['fastapi==0.115.6', 'uvicorn==0.34.0', 'pandas==2.2.3', 'scipy==1.14.1', 'lxml==5.3.0', 'pillow==11.0.0'];
  writeFileSync(join(service, 'requirements.txt'), `${wheels.join('\n')}\n`);
  writeFileSync(join(service, 'main.py'), 'import fastapi, lxml, pandas, PIL, scipy\napp = fastapi.FastAPI()\n');
  run([process.execPath, program, 'build', service, '--output', `docker-archive:${archive}`]);
  return archive;
}

const archive = named && existsSync(named) ? named : makeArchive();
const output = join(work, 'sbom.json');
const tools = {
  'plimsoll sbom': () => run([process.execPath, program, 'sbom', `docker-archive:${archive}`, '--output', output], output),
  syft: () => run([syft, 'scan', '-q', `docker-archive:${archive}`, '-o', `cyclonedx-json=${output}`], output),
};

const times = {};
const found = {};
for (let i = 0; i < Number(runs); i += 1)
  for (const [name, tool] of Object.entries(tools)) {
    const { ms, text } = tool();
    (times[name] ??= []).push(ms);
    found[name] = JSON.parse(text).components;
  }

const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];
const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
const ratio = (pick) => (pick(times.syft) / pick(times['plimsoll sbom'])).toFixed(1);
console.log(
  `${(statSync(archive).size / 1e6).toFixed(0)} MB, ${cpus().length} processors, load ${loadavg()[0].toFixed(1)}, medians of ${runs} runs\n`,
);
console.log('| what | median | fastest | syft ÷ it | wanted |\n| --- | --- | --- | --- | --- |');
for (const [name, all] of Object.entries(times))
  console.log(
    `| ${name} | ${seconds(median(all))} | ${seconds(Math.min(...all))} | ${name === 'syft' ? 1 : ratio(median)} | ${name === 'syft' ? '' : 5} |`,
  );

/** `pkg:deb/debian/libc6@2.36` of a component, without qualifiers. */
const packagesOf = (components) => {
  const all = new Map();
  for (const { purl, name, version, properties = [] } of components) {
    const kind = /^pkg:(deb|pypi)\//.exec(purl ?? '')?.[1];
    if (kind === undefined) continue;
    const at = properties.filter((it) => /^syft:location:\d+:path$|^plimsoll:record$/.test(it.name)).map((it) => it.value);
    const key = kind === 'pypi' ? name.toLowerCase().replaceAll(/[-_.]+/g, '-') : name;
    all.set(`${kind} ${key} ${version}`, at[0] ?? '');
  }
  return all;
};

/** Why a package is in one list alone; undefined: nobody knows, and that is a fault. */
function reasonFor(where) {
  if (/\/_vendor\//.test(where))
    return 'bundled in another distribution: importlib.metadata does not see it, and it is part of that one here';
  if (/\.egg-info$/.test(where)) return 'egg-info that is a file';
  return undefined;
}

const [ours, theirs] = [packagesOf(found['plimsoll sbom']), packagesOf(found.syft)];
const both = [...ours.keys()].filter((key) => theirs.has(key));
const countOf = (kind) => both.filter((key) => key.startsWith(kind)).length;
console.log(`\nNamed by both, in the same version: ${countOf('deb')} of Debian, ${countOf('pypi')} of Python.`);
for (const [who, one, other] of [
  ['plimsoll', ours, theirs],
  ['syft', theirs, ours],
])
  for (const [key, where] of one)
    if (!other.has(key)) console.log(`- ${key}: ${who} alone (${where}): ${reasonFor(where) ?? 'NOT EXPLAINED'}`);
rmSync(work, { recursive: true });
