import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = join(root, 'node_modules/.cache/plimsoll');

/** The folder of an oracle: a small program around the code of others, with which ours is compared. */
export const conformance = (name: string): string => join(root, 'conformance', name);

/** Why none that is written in Go can be asked here; undefined when they can. */
export const whyNoGo: string | undefined = spawnSync('go', ['version']).status === 0 ? undefined : 'no Go toolchain';

/** A program built with more flags, beside the other. */
interface Variant {
  readonly name: string;
  readonly flags: readonly string[];
}

/**
 * The program of conformance/NAME, built where its source is newer: linking alone takes many seconds. It is put in place
 * whole, because other tests may be running it.
 */
export function oracle(name: string, variant?: Variant): string {
  const program = join(cache, `${name}-oracle${variant?.name ?? ''}`);
  if (isNewest(program, conformance(name))) return program;
  mkdirSync(cache, { recursive: true });
  const fresh = `${program}.${process.pid}`;
  const argv = ['build', ...(variant?.flags ?? []), '-o', fresh, '.'];
  execFileSync('go', argv, { cwd: conformance(name), stdio: ['ignore', 'ignore', 'inherit'] });
  renameSync(fresh, program);
  return program;
}

function isNewest(program: string, folder: string): boolean {
  const builtMs = statSync(program, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return readdirSync(folder).every((name) => statSync(join(folder, name)).mtimeMs < builtMs);
}

/** What it prints for an input. Throws where it ends otherwise than with 0. */
export const askOracle = (
  name: string,
  input: string,
  { args = [], variant }: { readonly args?: readonly string[]; readonly variant?: Variant | undefined } = {},
): string =>
  execFileSync(oracle(name, variant), args, { cwd: conformance(name), input, encoding: 'utf8', maxBuffer: 1 << 30, stdio: 'pipe' });
