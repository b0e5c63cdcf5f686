import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatLock, type Lock } from '../build/index.ts';
import { LOCK_FILE } from './project.ts';

/** Writes plimsoll.lock where it says something else than before; under another name first, so that it is whole or not there. */
export async function saveLock(root: string, lock: Lock): Promise<'written' | 'changed' | 'same'> {
  const path = join(root, LOCK_FILE);
  const text = formatLock(lock);
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before === text) return 'same';
  const temporary = join(root, `.${LOCK_FILE}.${process.pid}`);
  await writeFile(temporary, text);
  await rename(temporary, path);
  return before === undefined ? 'written' : 'changed';
}
