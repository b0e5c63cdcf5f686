import { access } from 'node:fs/promises';
import { delimiter, join, relative } from 'node:path';
import type { Plan } from '../plan/index.ts';
import type { Proof } from '../prove/index.ts';

/** The last line on the screen: a command that works here. */
export async function nextStep(proof: Proof, ref: string, path: string, plan: Plan): Promise<string> {
  if (proof.verdict === 'unfit') {
    const failed = proof.gates.find((g) => g.required && g.outcome.outcome === 'failed');
    return `Next: mend what failed; \`${self()} explain ${failed?.id ?? ''}\` says more`;
  }
  const port = plan.contract.ports[0]?.port;
  if (await onPath('podman'))
    return `Next: podman run --rm --read-only${port === undefined ? '' : ` -p ${port}:${port}`} $(podman pull -q ${ref})`;
  return `Next: ${self()} run ${path}`;
}

/** How this very program was called. */
export function self(): string {
  const script = process.argv[1] ?? 'plimsoll';
  if (!script.endsWith('.js')) return 'plimsoll';
  const near = relative(process.cwd(), script);
  return `node ${near.startsWith('..') ? script : near}`;
}

async function onPath(name: string): Promise<boolean> {
  const tries = (process.env['PATH'] ?? '').split(delimiter).map((folder) => access(join(folder, name)));
  return (await Promise.allSettled(tries)).some((t) => t.status === 'fulfilled');
}
