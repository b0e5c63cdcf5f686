import { execFileSync } from 'node:child_process';
import { conformance } from '../base/oracle.testing.ts';

/** Why buildx cannot be asked here; undefined when it can. */
export { whyNoGo as whyNoBuildx } from '../base/oracle.testing.ts';

/** What buildx makes of a bake file, by target (`docker buildx bake --print`). Throws what it said when it refuses the file. */
export function askBake(
  file: string,
  environment: Readonly<Record<string, string>>,
  ...targets: readonly string[]
): Readonly<Record<string, unknown>> {
  const argv = ['tool', 'buildx', 'bake', '--print', '--file', file, ...targets];
  const out = execFileSync('go', argv, {
    cwd: conformance('buildx'),
    encoding: 'utf8',
    stdio: 'pipe',
    env: { ...process.env, ...environment },
  });
  return (JSON.parse(out) as { target: Readonly<Record<string, unknown>> }).target;
}
