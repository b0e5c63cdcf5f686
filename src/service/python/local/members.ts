import { normalizedName, type Files } from '../../../base/index.ts';
import { openRepository } from '../../repository.ts';
import { isProblem, itemsAt, parseToml, stringAt } from '../manifests/toml.ts';
import { folderIn } from '../manifests/workspace.ts';

export interface Member {
  /** Normalised: PEP 503. */
  readonly name: string;
  /** Relative to the workspace; empty: its root. */
  readonly folder: string;
}

/** The members of the uv workspace with its root here, by name; empty where there is none. Source: `[manifest]` in uv.lock. */
export async function workspaceMembers(files: Files): Promise<readonly Member[]> {
  const repository = await openRepository(files, '');
  const file = await repository.text('uv.lock');
  // Locks are long, and few are of a workspace.
  const lock = file && /^\[manifest\]/m.test(file.text) ? parseToml(file) : undefined;
  if (!lock || isProblem(lock)) return [];
  const members = new Set(itemsAt(lock.root, 'manifest', 'members').flatMap((m) => (m.kind === 'string' ? [normalizedName(m.value)] : [])));
  return itemsAt(lock.root, 'package').flatMap((p) => {
    const name = normalizedName(stringAt(p, 'name')?.value ?? '');
    const folder = folderIn(p, lock, repository);
    return members.has(name) && folder !== undefined ? [{ name, folder }] : [];
  });
}
