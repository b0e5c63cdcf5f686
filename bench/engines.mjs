// The five services with the direct engine and with BuildKit, and the images of two of them as they were before: sizes, times,
// gates, one table each, in Markdown on standard output. Bases are stand-ins (scripts/engines/stand-ins.mjs).
//   npm run bench:engines [-- [--runs N] SERVICE …]
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root, setUp } from '../scripts/setup.mjs';

const { values, positionals } = parseArgs({ options: { runs: { type: 'string', default: '3' } }, allowPositionals: true });
/** How often the source changes and is built again. */
const RUNS = Number(values.runs);
const SERVICES = {
  'xml-listener': { source: 'server.py' },
  appointments: { source: 'app.py' },
  'benchling-webhook': { source: 'src/app.py', before: 'Dockerfile.backup-python-slim' },
  'weather-tracker': { source: 'app/main.py' },
  'metrics-app': { source: 'app/main.py', before: 'Dockerfile.before' },
};

setUp();
if (!process.env.BUILDKIT_HOST) {
  console.error('error: BuildKit is not there\nhint: run `npm run bench:engines`, which starts it');
  process.exit(3);
}
const work = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));

function tableOf(name) {
  const { source, before } = SERVICES[name];
  const columns = [
    ...(before === undefined ? [] : [['before, BuildKit', measure(name, 'before', source, before)]]),
    ['Dockerfile, BuildKit', measure(name, 'buildkit', source)],
    ['direct engine', measure(name, 'direct', source)],
  ];
  const rows = Object.keys(columns[0][1]).map((what) => [what, ...columns.map(([, figures]) => figures[what])]);
  return [`### ${name}`, '', [name, ...columns.map(([title]) => title)], columns.map(() => '---').concat('---'), ...rows]
    .map((line) => (Array.isArray(line) ? `| ${line.join(' | ')} |` : line))
    .join('\n');
}

/** One image: built from nothing and proven, then built again after each change. */
function measure(name, kind, source, dockerfile) {
  console.error(`${name}: ${kind} …`);
  const folder = copyOf(name, kind, dockerfile);
  const engine = kind === 'direct' ? [] : ['--engine', 'buildkit'];
  // From nothing: no packages, no layers.
  const env = { ...process.env, XDG_CACHE_HOME: join(work, `${name}-${kind}-cache`), UV_CACHE_DIR: join(work, `${name}-${kind}-uv`) };
  if (kind !== 'direct') must('buildctl', ['prune', '--all'], { env });
  const { image, gates, timings } = plimsoll(['ship', folder, ...engine, '--json'], env).json;
  const changes = Array.from({ length: kind === 'before' ? 0 : RUNS }, (_, i) => {
    appendFileSync(join(folder, source), `# ${i}\n`);
    const through = plimsoll(['build', folder, ...engine], env).ms;
    if (kind !== 'buildkit') return { through };
    appendFileSync(join(folder, source), `# ${i}, by itself\n`);
    return { through, alone: buildctl(folder, env) };
  });
  const lint = plimsoll(['lint', join(folder, 'Dockerfile'), '--json'], env).json;
  const failed = gates.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id);
  const base = kind === 'direct' ? undefined : image.layers[0];
  for (const cache of [env.XDG_CACHE_HOME, env.UV_CACHE_DIR]) rmSync(cache, { recursive: true, force: true });
  const figures = {
    'unpacked, MB': megabytes(image.size.uncompressed),
    'of it the base (stand-in)': base ? megabytes(base.uncompressed) : '',
    'compressed, MB': megabytes(image.size.compressed),
    layers: image.layers.length,
    'build from nothing': seconds(timings.total),
    'after a change of the source': kind === 'before' ? '' : figure(changes.map(({ through }) => through)),
    '`buildctl` alone, to an OCI archive': kind !== 'buildkit' ? '' : figure(changes.map(({ alone }) => alone)),
    'ready to answer': readyOf(gates),
    'findings of `plimsoll lint`': kind === 'direct' ? '' : lint.findings.length,
    gates: `${gates.filter(({ outcome }) => outcome === 'passed').length} of ${gates.length} passed`,
    'gates that failed': failed.join(', '),
  };
  console.error(JSON.stringify(figures));
  return figures;
}

/** A copy of an example to build. A slow machine has a minute to start it: times are measured here, and not judged. */
function copyOf(name, kind, dockerfile) {
  const folder = join(work, `${name}-${kind}`);
  cpSync(join(root, 'examples', name), folder, {
    recursive: true,
    filter: (path) => !/\/(\.plimsoll|plimsoll\.lock|__pycache__|\.venv)$/.test(path),
  });
  if (dockerfile === undefined) return folder;
  // pip and uv must know this machine's authorities; nothing of it stays in the image.
  const mounts =
    '--mount=type=secret,id=ca --mount=type=secret,id=pip,target=/etc/pip.conf --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt --mount=type=secret,id=uv,target=/etc/uv/uv.toml';
  const text = readFileSync(join(folder, dockerfile), 'utf8');
  writeFileSync(join(folder, 'Dockerfile'), text.replaceAll(/^RUN (?=(pip|uv) )/gm, `RUN ${mounts} `));
  return folder;
}

function plimsoll(args, env) {
  const began = performance.now();
  const end = spawnSync(process.execPath, [join(root, 'dist/plimsoll.js'), ...args], {
    cwd: work,
    encoding: 'utf8',
    env,
    maxBuffer: 1 << 27,
  });
  // Exit code 1 says that gates failed or that there are findings, which is what is measured.
  if (end.status !== 0 && end.status !== 1) throw new Error(`plimsoll ${args.join(' ')}: exit ${end.status}\n${end.stderr.slice(-4000)}`);
  if (args[0] === 'build' && end.status !== 0) throw new Error(`plimsoll ${args.join(' ')}\n${end.stderr.slice(-4000)}`);
  return { ms: performance.now() - began, json: args.includes('--json') ? JSON.parse(end.stdout) : undefined };
}

/** Milliseconds of the same build by BuildKit's own client. */
function buildctl(folder, env) {
  const secrets = join(work, 'secrets');
  mkdirSync(secrets, { recursive: true });
  writeFileSync(join(secrets, 'pip'), '[global]\ncert = /run/secrets/ca\n');
  writeFileSync(join(secrets, 'uv'), 'system-certs = true\n');
  const ca = process.env.SSL_CERT_FILE || '/etc/ssl/certs/ca-certificates.crt';
  const began = performance.now();
  const args = [
    'build',
    '--frontend=dockerfile.v0',
    ...each('--opt', ['build-arg:SOURCE_DATE_EPOCH=0', 'platform=linux/amd64']),
    ...each('--local', [`context=${folder}`, `dockerfile=${folder}`]),
    ...each('--secret', [`id=ca,src=${ca}`, `id=pip,src=${join(secrets, 'pip')}`, `id=uv,src=${join(secrets, 'uv')}`]),
    `--output=type=oci,dest=${join(work, 'image.tar')}`,
  ];
  must('buildctl', args, { env });
  return performance.now() - began;
}

const each = (flag, values) => values.flatMap((value) => [flag, value]);

function must(file, args, options) {
  const end = spawnSync(file, args, { cwd: work, encoding: 'utf8', maxBuffer: 1 << 27, ...options });
  if (end.status !== 0) throw new Error(`${file} ${args.join(' ')}: exit ${end.status}\n${(end.stderr ?? '').slice(-4000)}`);
}

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
/** The median, and the fastest where there were several. */
const figure = (times) =>
  times.length === 1
    ? seconds(times[0])
    : `${seconds(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)])} (fastest ${seconds(Math.min(...times))})`;

function readyOf(gates) {
  const gate = gates.find(({ id }) => id === 'ready-in-time');
  return gate?.measured?.unit === 'ms' ? seconds(gate.measured.value) : (gate?.outcome ?? '');
}

try {
  for (const name of positionals.length > 0 ? positionals : Object.keys(SERVICES)) console.log(`${tableOf(name)}\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
