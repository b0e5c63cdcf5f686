import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { place, storeRoot } from './store.ts';

export interface StoreUsage {
  readonly sizeBytes: number;
  readonly items: readonly StoreItem[];
}
export interface StoreItem {
  /** Relative to the store's root. */
  readonly path: string;
  readonly kind: string;
  readonly sizeBytes: number;
  readonly usedMs: number;
}

/** What the store holds, oldest use first. */
export async function storeUsage(root: string = storeRoot()): Promise<StoreUsage> {
  const items: StoreItem[] = [];
  for (const group of await names(join(root, 'blobs', 'sha256')))
    for (const name of await names(join(root, 'blobs', 'sha256', group)))
      items.push(await item(root, join('blobs', 'sha256', group, name), 'blobs'));
  for (const top of ['records', 'folders'])
    for (const kind of await names(join(root, top)))
      for (const name of await names(join(root, top, kind))) items.push(await item(root, join(top, kind, name), kind));
  items.sort((a, b) => a.usedMs - b.usedMs);
  return { sizeBytes: items.reduce((sum, i) => sum + i.sizeBytes, 0), items };
}

/** Removes a folder that plain `rm` may not: a runner's, with files of subordinate ids. */
export type Remover = (folders: readonly string[]) => Promise<void>;

/**
 * Removes what was used longest ago until at most `limitBytes` remain; what a running process may use stays.
 * Returns the bytes removed.
 */
export async function pruneStore(root: string, limitBytes: number, remove: Remover): Promise<number> {
  const trash = join(root, 'trash');
  await mkdir(trash, { recursive: true });
  const { sizeBytes, items } = await storeUsage(root);
  const since = Math.min(
    Date.now(),
    ...(await Promise.all((await names(join(root, 'leases'))).map((n) => usedMs(join(root, 'leases', n))))),
  );
  let removed = 0;
  for (const it of items) {
    if (sizeBytes - removed <= limitBytes || it.usedMs >= since) break;
    const from = join(root, it.path);
    const to = join(trash, randomBytes(8).toString('hex'));
    if (
      !(await rename(from, to).then(
        () => true,
        () => false,
      ))
    )
      continue;
    // Used between our look and our rename: it goes back.
    if ((await usedMs(to)) > it.usedMs) await place(to, from);
    else {
      await rm(to, { recursive: true, force: true }).catch(() => remove([to]));
      removed += it.sizeBytes;
    }
  }
  return removed;
}

const names = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
const usedMs = (path: string): Promise<number> =>
  stat(path).then(
    (s) => s.mtimeMs,
    () => Number.POSITIVE_INFINITY,
  );

async function item(root: string, path: string, kind: string): Promise<StoreItem> {
  const status = await stat(join(root, path)).catch(() => undefined);
  const sizeBytes = status?.isDirectory() ? folderBytes(join(root, path)) : (status?.size ?? 0);
  return { path, kind, sizeBytes, usedMs: status?.mtimeMs ?? 0 };
}

/** Synchronous: a store has tens of thousands of files, and an awaited call costs many times the call itself. */
function folderBytes(folder: string): number {
  let sum = 0;
  for (const entry of attempt(() => readdirSync(folder, { withFileTypes: true, recursive: true })) ?? [])
    if (entry.isFile()) sum += attempt(() => lstatSync(join(entry.parentPath, entry.name)).size) ?? 0;
  return sum;
}

/** Undefined for what is gone meanwhile, or belongs to a subordinate user. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
