// Linting, side by side with peers in one run: the Dockerfiles of bench/corpus.mjs, whole processes. Peers that are not there
// are left out, and that is said. Usage: node bench/lint-speed.mjs [RUNS]
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setUp } from '../scripts/setup.mjs';
import { corpus } from './corpus.mjs';

setUp();
const runs = Number(process.argv[2] ?? 5);
const bin = join(root, 'dist/plimsoll.js');
const sources = corpus().flatMap((source) => source.files);
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));
try {
  // The same names for all: some peers know a Dockerfile by its name.
  const files = sources.map(({ base64 }, i) => {
    const name = join(folder, String(i), 'Dockerfile');
    mkdirSync(join(folder, String(i)));
    writeFileSync(name, Buffer.from(base64, 'base64'));
    return name;
  });
  const cache = join(folder, 'cache');
  const env = { ...process.env, XDG_CACHE_HOME: cache };
  delete env.NODE_EXTRA_CA_CERTS; // 45 ms of every Node start
  const withoutShell = { ...env, PATH: '/nonexistent' };
  const node = process.execPath;
  const peers = [
    ['plimsoll lint --no-shellcheck', node, [bin, 'lint', '--no-shellcheck', '--json', ...files], env],
    [
      'plimsoll lint --preset hadolint --no-shellcheck',
      node,
      [bin, 'lint', '--preset', 'hadolint', '--no-shellcheck', '--json', ...files],
      env,
    ],
    ['plimsoll lint, ShellCheck cold', node, [bin, 'lint', '--json', ...files], env, () => rmSync(cache, { recursive: true, force: true })],
    ['plimsoll lint, ShellCheck warm', node, [bin, 'lint', '--json', ...files], env],
    ['hadolint', process.env.HADOLINT ?? 'hadolint', ['--no-fail', '--format', 'json', ...files], env],
    ['tally', process.env.TALLY ?? 'tally', ['lint', '--format', 'json', '--slow-checks=off', ...files], env],
    ['dockerfile-doctor', process.env.DOCKERFILE_DOCTOR ?? 'dockerfile-doctor', ['--format', 'json', ...files], env],
    ['one file: plimsoll lint --no-shellcheck', node, [bin, 'lint', '--no-shellcheck', '--json', files[0]], withoutShell],
    ['one file: hadolint', process.env.HADOLINT ?? 'hadolint', ['--no-fail', '--format', 'json', files[0]], env],
  ];
  console.log(`${files.length} files, ${runs} runs, whole processes; median (fastest)`);
  for (const [name, command, words, environment, before] of peers) {
    const times = [];
    let why;
    for (let run = 0; run < runs && why === undefined; run += 1) {
      before?.();
      const begin = performance.now();
      const end = spawnSync(command, words, { env: environment, maxBuffer: 1 << 30 });
      times.push(performance.now() - begin);
      if (end.error || end.status === null || end.status > 2)
        why = end.error?.code ?? `exit ${end.status}: ${String(end.stderr).slice(0, 200)}`;
    }
    const sorted = times.toSorted((a, b) => a - b);
    const ms = (value) => `${value.toFixed(0)} ms`;
    console.log(
      `${name.padEnd(50)} ${why === undefined ? `${ms(sorted[Math.floor(sorted.length / 2)])} (${ms(sorted[0])})` : `left out: ${why}`}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
