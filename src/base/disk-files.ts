import { lstat, readdir, readFile, readlink, stat } from 'node:fs/promises';
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
    list: () => (listing ??= walk(root, '', skip).then((entries) => entries.toSorted(byPath))),
    read: (path) => readFile(join(root, path)).catch((error: unknown) => Promise.reject(unreadable(path, error))),
    ...(around === undefined || around === root
      ? {}
      : { around: { at: relative(around, root).split(sep).join('/'), folder: (path) => diskFiles(join(around, path), skip) } }),
  };
}

async function walk(root: string, folder: string, skip: ReadonlySet<string>): Promise<FileEntry[]> {
  const names = await readdir(join(root, folder)).catch((error: unknown) => Promise.reject(unreadable(folder, error)));
  const nested = await Promise.all(names.map((name) => entriesAt(root, folder === '' ? name : `${folder}/${name}`, name, skip)));
  return nested.flat();
}

async function entriesAt(root: string, path: string, name: string, skip: ReadonlySet<string>): Promise<FileEntry[]> {
  const full = join(root, path);
  const status = await lstat(full).catch((error: unknown) => Promise.reject(unreadable(path, error)));
  if (status.isSymbolicLink()) return [{ type: 'symlink', path, target: await readlink(full) }];
  if (status.isFile()) return [{ type: 'file', path, sizeBytes: status.size, executable: (status.mode & 0o100) !== 0 }];
  if (!status.isDirectory() || skip.has(name)) return []; // sockets, pipes and devices are never part of a service
  return [{ type: 'directory', path }, ...(await walk(root, path, skip))];
}

function unreadable(path: string, error: unknown): Error {
  const code = errorCode(error);
  if (code === 'ENOENT')
    return new UserError(`\`${path}\` vanished while it was read`, 'run again when nothing writes to the folder', { file: path });
  return new UserError(`\`${path}\` cannot be read (${code ?? String(error)})`, 'check its permissions, or list it in .dockerignore', {
    file: path,
  });
}
