import { isAlive, pidNamespace, processIdentity } from '../../base/node.ts';
import { ask, type Client } from './client.ts';

/** On every container and volume of ours. */
export const LABEL = 'plimsoll.run';
/** The repository of images that are loaded for a run. */
const REPOSITORY = 'plimsoll-run';

const owner = `${processIdentity(process.pid) ?? process.pid}-${pidNamespace()}`;
let counter = 0;

/** A name for a container or a volume that says which process it belongs to. */
export const newName = (): string => `plimsoll-${owner}-${(counter += 1)}`;
export const newTag = (): string => `${REPOSITORY}:${owner}-${(counter += 1)}`;

/** True for what a process that is gone has left: it was killed before it could remove it. */
function isLeft(name: string): boolean {
  const [, identity, namespace] = /(?:plimsoll-|:)(\d+\.\d*)-(\d*)-\d+$/.exec(name) ?? [];
  return identity !== undefined && namespace === pidNamespace() && !isAlive(identity);
}

/** Removes what killed processes have left, each by its own name; nothing else is touched. */
export async function removeLeft(client: Client): Promise<void> {
  const label = ['--filter', `label=${LABEL}`];
  // The service before what holds its network: Podman insists.
  const containers = await listed(client, ['ps', '--all', ...label, '--format', '{{.Names}}']);
  for (const name of containers.toReversed()) await quietly(client, [...client.remove, name]);
  for (const name of containers) await quietly(client, [...client.remove, name]);
  for (const name of await listed(client, ['volume', 'ls', ...label, '--format', '{{.Name}}']))
    await quietly(client, ['volume', 'rm', name]);
  const images = ['images', '--filter', `reference=${client.imageName(REPOSITORY)}`, '--format', '{{.Repository}}:{{.Tag}}'];
  for (const name of await listed(client, images)) await quietly(client, ['rmi', name]);
}

async function listed(client: Client, words: readonly string[]): Promise<readonly string[]> {
  return (await ask(client, words)).split('\n').filter(isLeft);
}

/** Removes what may be gone already. */
export const quietly = (client: Client, words: readonly string[]): Promise<unknown> => ask(client, words).catch(() => {});
