import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { errorCode, UserError } from './errors.ts';
import { byPath, type FileEntry, type Files } from './files.ts';

/**
 * A folder on disk. Folders whose base name is in `skip` are not entered. `around`: a folder that holds it.
 * Throws UserError when `root` is not a folder that can be read.
 */
export async function diskFiles(root: string, skip: ReadonlySet<string> = new Set(), around?: string): Promise<Files> {
  const found = await stat(root).catch((error: unknown) => {
    throw new UserError(`\`${root}\` cannot be read (${errorCode(error) ?? 'unknown'})`, 'name a folder that holds a service');
  });
  if (!found.isDirectory()) throw new UserError(`\`${root}\` is not a folder`, 'name the folder that holds the service');
  let listing: Promise<readonly FileEntry[]> | undefined;
  return {
    list: () => (listing ??= Promise.resolve().then(() => walk(root, skip).toSorted(byPath))),
    read: (path) => readFile(join(root, path)).catch((error: unknown) => Promise.reject(unreadable(path, error))),
    ...(around === undefined || around === root
      ? {}
      : { around: { at: relative(around, root).split(sep).join('/'), folder: (path) => folderWithin(around, path, skip) } }),
  };
}

/** A folder of what is around, and of its files only those that lie in there: no link leads out of the repository. */
async function folderWithin(around: string, path: string, skip: ReadonlySet<string>): Promise<Files> {
  const top = await realpath(around);
  const within = async (full: string): Promise<string> => {
    const real = await realpath(full);
    if (real === top || real.startsWith(`${top}${sep}`)) return real;
    throw new UserError(`\`${path}\` leads out of the repository by a link`, 'copy it into the repository', { file: path });
  };
  const root = await within(join(top, path));
  const files = await diskFiles(root, skip);
  return { ...files, read: async (inside) => (await within(join(root, inside)), files.read(inside)) };
}

/** In one step, without waiting in between: of a hundred thousand files, each awaited call would cost many times the call itself. */
function walk(root: string, skip: ReadonlySet<string>): FileEntry[] {
  const entries: FileEntry[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop())
    for (const name of orUnreadable(folder, () => readdirSync(join(root, folder as string)))) {
      const path = folder === '' ? name : `${folder}/${name}`;
      const entry = orUnreadable(path, () => entryAt(root, path));
      if (entry === undefined || (entry.type === 'directory' && skip.has(name))) continue;
      entries.push(entry);
      if (entry.type === 'directory') folders.push(path);
    }
  return entries;
}

/** Undefined for sockets, pipes and devices: they are never part of a service. */
function entryAt(root: string, path: string): FileEntry | undefined {
  const full = join(root, path);
  const status = lstatSync(full);
  if (status.isSymbolicLink()) return { type: 'symlink', path, target: readlinkSync(full) };
  if (status.isDirectory()) return { type: 'directory', path };
  if (!status.isFile()) return undefined;
  const { size, ino, mtimeMs, ctimeMs } = status;
  const onDisk = { path: full, stamp: `${size} ${ino} ${mtimeMs} ${ctimeMs}`, changedMs: Math.max(mtimeMs, ctimeMs) };
  return { type: 'file', path, sizeBytes: size, executable: (status.mode & 0o100) !== 0, onDisk };
}

function orUnreadable<T>(path: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): Error {
  const code = errorCode(error);
  if (code === 'ENOENT')
    return new UserError(`\`${path}\` vanished while it was read`, 'run again when nothing writes to the folder', { file: path });
  return new UserError(`\`${path}\` cannot be read (${code ?? String(error)})`, 'check its permissions, or list it in .dockerignore', {
    file: path,
  });
}
