import { pathSeen, shortestPath } from '../../../base/index.ts';
import { folderOf, type Repository } from '../../repository.ts';
import type { Problem } from '../../types.ts';
import { isProblem, itemsAt, parseToml, stringAt, type Toml, type TomlFile } from './toml.ts';

/** uv.lock that answers for a folder. */
export interface UvLock {
  readonly lock: TomlFile;
  /** The folder's own package. Absent: the lock knows none. */
  readonly own?: Toml;
  /** The lock lies in a folder above: the service is a member of its workspace. */
  readonly above: boolean;
}

/**
 * The folder's own uv.lock; else that of a folder above which has the folder as a member of its workspace. Undefined
 * where there is none. Source: uv's manual, “Using workspaces”.
 */
export async function uvLockOf(repository: Repository): Promise<UvLock | Problem | undefined> {
  for (let up = 0; up <= repository.depth; up += 1) {
    const file = await repository.text(`${'../'.repeat(up)}uv.lock`);
    const lock = file && parseToml(file);
    if (!lock) continue;
    if (isProblem(lock)) return lock;
    const own = itemsAt(lock.root, 'package').find((p) => folderIn(p, lock, repository) === '');
    // A lock above that does not name the folder is not the folder's.
    if (own || up === 0) return { lock, ...(own ? { own } : {}), above: up > 0 };
  }
  return undefined;
}

/** The folder of a locked package that lies in the repository, as seen from the service; undefined for one of an index. */
export function folderIn(found: Toml, { file }: TomlFile, { place }: Repository): string | undefined {
  const written = ['editable', 'virtual', 'directory']
    .map((kind) => stringAt(found, 'source', kind)?.value)
    .find((path) => path !== undefined);
  const seen = written === undefined ? undefined : pathSeen(folderOf(file.path), written);
  return seen === undefined ? undefined : shortestPath(place, seen);
}
