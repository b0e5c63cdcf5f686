import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { has, isRoot, root } from '../plimsoll.ts';

/** Programs that scripts/engines.mjs runs or builds with. */
const PROGRAMS = ['mmdebstrap', 'docker-registry', 'skopeo', 'runc', 'go'];

/** Why the builders cannot be started here; undefined when they can. */
export const whyNoEngines: string | undefined = !isRoot
  ? 'only root may start buildkitd here'
  : PROGRAMS.filter((name) => !has(name))
      .map((name) => `${name} is not installed`)
      .at(0);

export interface Machine {
  /** Variables with which builders ask the stand-ins' registry. */
  readonly env: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

/** `node scripts/engines.mjs`: a registry with stand-in bases, and BuildKit, until `stop`. Throws what it said when it does not come up. */
export async function startEngines(): Promise<Machine> {
  const child = spawn(process.execPath, [join(root, 'scripts/engines.mjs')], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const first = new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve));
  const line = await Promise.race([first, closed]);
  if (line === undefined) throw new Error(said);
  return {
    env: JSON.parse(line) as Readonly<Record<string, string>>,
    stop() {
      child.stdin.end();
      return closed;
    },
  };
}
