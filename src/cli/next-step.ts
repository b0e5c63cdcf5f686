import { access } from 'node:fs/promises';
import { delimiter, join, relative } from 'node:path';
import { parseImageRef } from '../image/index.ts';
import type { Plan } from '../plan/index.ts';
import type { Proof } from '../prove/index.ts';
import type { Destination } from './push.ts';

/** The last line on the screen: a command that works here. */
export async function nextStep(proof: Proof, ref: string, path: string, plan: Plan, pushed?: Destination): Promise<string> {
  if (proof.verdict === 'unfit') {
    const failed = proof.gates.find((g) => g.required && g.outcome.outcome === 'failed');
    return `Next: mend what failed; \`${self()} explain ${failed?.id ?? ''}\` says more`;
  }
  if (proof.verdict === 'unproven') {
    const unproven = proof.gates.flatMap((g) => (g.required && g.outcome.outcome === 'unproven' ? [g.id] : []));
    return `Next: do what is said above and ship again; or let it through: ${self()} ship ${path} --allow-unproven ${unproven.join(',')}`;
  }
  const port = plan.contract.ports[0]?.port;
  const image = parseImageRef(ref);
  for (const tool of ['podman', 'docker'])
    if (await onPath(tool)) {
      if (pushed)
        return `Next: ${[...runBy(tool, port), ...(tool === 'podman' && pushed.isPlain ? ['--tls-verify=false'] : []), pushed.name].join(' ')}`;
      // podman makes a name of a layout's path, and refuses `.plimsoll` in it: both load an archive.
      const isArchive = image.kind === 'oci-archive' || image.kind === 'docker-archive';
      const file = isArchive ? image.path : 'image.tar';
      const steps = isArchive ? [] : [`${self()} build ${path} --output docker-archive:${file}`];
      const tag = 'tag' in image ? image.tag : undefined;
      return `Next: ${[...steps, `${tool} load -i ${file}`, ...(tag === undefined ? [] : [[...runBy(tool, port), tag].join(' ')])].join(' && ')}`;
    }
  return `Next: ${self()} run ${path}`;
}

const runBy = (tool: string, port: number | undefined): string[] => [
  tool,
  'run',
  '--rm',
  '--read-only',
  ...(port === undefined ? [] : ['-p', `${port}:${port}`]),
];

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
