import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const module = fileURLToPath(new URL('../../conformance/buildx', import.meta.url));

/** Why buildx cannot be asked here; undefined when it can. */
export const whyNoBuildx: string | undefined = spawnSync('go', ['version']).status === 0 ? undefined : 'no Go toolchain';

/** What buildx makes of a bake file, by target (`docker buildx bake --print`). Throws what it said when it refuses the file. */
export function askBake(
  file: string,
  environment: Readonly<Record<string, string>>,
  ...targets: readonly string[]
): Readonly<Record<string, unknown>> {
  const argv = ['tool', 'buildx', 'bake', '--print', '--file', file, ...targets];
  const out = execFileSync('go', argv, { cwd: module, encoding: 'utf8', stdio: 'pipe', env: { ...process.env, ...environment } });
  return (JSON.parse(out) as { target: Readonly<Record<string, unknown>> }).target;
}
