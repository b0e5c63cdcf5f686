import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EnvironmentError, errorCode } from '../../base/index.ts';
import { isAlive, processIdentity } from '../../base/node.ts';
import type { Bytes } from '../tar/index.ts';

export type OpenFile = Awaited<ReturnType<typeof open>>;

/** Names who writes, so that what a killed process left can be told from what is being written. */
const unfinishedName = (): string => `.plimsoll-${processIdentity(process.pid) ?? process.pid}-${randomBytes(4).toString('hex')}`;

/** Writes a file under a temporary name beside it, syncs and renames it; on failure nothing of it stays. */
export async function writeFileWhole(path: string, bytes: Bytes): Promise<void> {
  await writeWhole(path, async (file) => {
    for await (const piece of bytes) await file.writeFile(piece);
  });
}

/** As `writeFileWhole`, with the open file. Throws EnvironmentError when the place cannot be written or is full. */
export async function writeWhole(path: string, write: (file: OpenFile) => Promise<void>): Promise<void> {
  const temporary = join(dirname(path), unfinishedName());
  await onDisk(path, async () => {
    const file = await open(temporary, 'wx');
    try {
      await write(file)
        .finally(() => file.datasync())
        .finally(() => file.close());
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  });
}

/** Removes what processes that were killed while writing left in a folder. */
export async function sweepUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const identity = /^\.plimsoll-(.+)-[0-9a-f]{8}$/.exec(basename(name))?.[1];
    if (identity !== undefined && !isAlive(identity)) await rm(join(folder, name), { force: true });
  }
}

/** Turns what the file system refuses into an EnvironmentError with a way out. */
export async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = errorCode(error);
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    if (!full && !['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR', 'EEXIST'].includes(code ?? '')) throw error;
    const what = full ? `the disk that holds \`${path}\` is full` : `\`${path}\` cannot be written (${code})`;
    throw new EnvironmentError(
      what,
      full ? 'make room, or name another place with `--output`' : 'name a place that this user may write with `--output`',
      'permanent',
      { cause: error },
    );
  }
}
