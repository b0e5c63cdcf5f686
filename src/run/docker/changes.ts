import type { Agent } from '../agent.ts';
import type { ChangedPath } from '../types.ts';
import { ask, type Client } from './client.ts';

/** Where the engine keeps a container's files: what it wrote first, the image's layers after it. */
export interface Layers {
  readonly written: string;
  readonly folders: readonly string[];
}

/** Of overlay storage the folders; of other storage the container's root: Podman's is there for as long as the container is. */
export async function layersOf(client: Client, id: string, pid: number, isRoot: boolean): Promise<Layers> {
  const driver = JSON.parse(await ask(client, ['inspect', '--type', 'container', '--format', '{{json .GraphDriver}}', id])) as {
    readonly Data?: { readonly UpperDir?: string; readonly LowerDir?: string } | null;
  };
  const { UpperDir: upper, LowerDir: lower = '' } = driver.Data ?? {};
  if (upper === undefined) {
    const root = client.id === 'podman' ? await rootOf(client, id, isRoot) : `/proc/${pid}/root`;
    return { written: root, folders: [root] };
  }
  return { written: upper, folders: [upper, ...lower.split(':').filter(Boolean)] };
}

/** An ordinary user mounts in the user namespace of its Podman. */
const rootOf = (client: Client, id: string, isRoot: boolean): Promise<string> =>
  isRoot ? ask(client, ['mount', id]) : ask(client, ['unshare', 'podman', 'mount', id]);

const KINDS = { A: 'added', C: 'changed', D: 'removed' } as const;
/** What the engine itself puts into a container; Podman gives the user and the group names, where the image has none. */
const ENGINES_OWN = /^\/(\.dockerenv|run\/\.containerenv|run\/secrets|etc\/(passwd|group|mtab|hosts|hostname|resolv\.conf))$/;

/** By the engine's account. A folder that only has something new in it has not changed. */
export async function changesOf(client: Client, id: string, agent: Agent, { folders }: Layers): Promise<readonly ChangedPath[]> {
  const rows = (await ask(client, ['diff', id])).split('\n').flatMap((line) => {
    const [, kind, path = ''] = /^([ACD]) (\/.*)$/.exec(line) ?? [];
    return kind === undefined || ENGINES_OWN.test(path) ? [] : [{ kind: KINDS[kind as keyof typeof KINDS], path }];
  });
  const { types } = await agent.call<{ types: readonly ChangedPath['type'][] }>('typesOf', { folders, paths: rows.map((it) => it.path) });
  const typed = rows.map((row, i) => ({ ...row, type: types[i] ?? 'other' }));
  return typed.filter((it) => !(it.kind === 'changed' && it.type === 'directory') && !isEngines(it, typed));
}

/** A folder that was made for what the engine puts into it. */
const isEngines = ({ kind, path, type }: ChangedPath, all: readonly ChangedPath[]): boolean =>
  kind === 'added' && type === 'directory' && path === '/run' && !all.some((other) => other.path.startsWith('/run/'));
