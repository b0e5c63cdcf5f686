// BuildKit's programs, from their Go module (conformance/buildkitd). Go's own cache keeps what was compiled, by content.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { root } from '../setup.mjs';
import { kept } from './stand-ins.mjs';

const folder = join(root, 'conformance/buildkitd');

/** The program of a package; compiled where it was not yet. */
export function buildGo(name) {
  const key = createHash('sha256')
    .update(readFileSync(join(folder, 'go.sum')))
    .digest('hex')
    .slice(0, 16);
  const program = join(kept(), key, basename(name));
  if (existsSync(program)) return program;
  console.error(`building ${basename(name)} from its Go module; the first time this takes some minutes …`);
  mkdirSync(dirname(program), { recursive: true });
  const temporary = `${program}.${process.pid}`;
  const end = spawnSync('go', ['build', '-o', temporary, name], { cwd: folder, encoding: 'utf8' });
  if (end.status !== 0) throw new Error(`go build ${name}: ${end.error?.message ?? end.stderr}`);
  renameSync(temporary, program);
  return program;
}
