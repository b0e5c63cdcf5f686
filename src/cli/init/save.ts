import { copyFile, mkdir, open, realpath, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { EnvironmentError, errorCode, UserError } from '../../base/index.ts';
import { encodeText } from '../../dockerfile/index.ts';

export interface Saving {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** A file on its way: written beside its place, with what it replaces kept beside it too. */
interface Staged {
  readonly place: string;
  readonly fresh: string;
  /** Undefined where nothing is replaced. */
  readonly kept: string | undefined;
}

/**
 * Writes all files or none. Each is written whole under another name first; then they are renamed, in this order. When
 * something fails, what was there is there again. Throws EnvironmentError when the disk or its rights do not allow it,
 * UserError for a link that leads out of the folder.
 */
export async function saveAll(root: string, files: readonly Saving[]): Promise<void> {
  const staged: Staged[] = [];
  const renamed: Staged[] = [];
  const folders: string[] = [];
  let current = '';
  try {
    for (const file of files) {
      current = file.path;
      const place = await placeOf(root, file.path);
      await makeFolder(dirname(place), folders);
      staged.push(await stage(place, file.text, staged));
    }
    for (const each of staged) {
      current = relative(root, each.place);
      await rename(each.fresh, each.place);
      renamed.push(each);
    }
  } catch (error) {
    for (const { place, kept } of renamed.toReversed()) await (kept === undefined ? rm(place) : rename(kept, place));
    await clear(staged);
    for (const folder of folders.toReversed()) await rmdir(folder).catch(() => {});
    throw error instanceof UserError ? error : cannot(current, error);
  }
  await clear(staged);
}

/** A link is followed, but not out of the folder: a repository of somebody else's must not write elsewhere. */
async function placeOf(root: string, path: string): Promise<string> {
  const inside = await realpath(root);
  const wanted = join(inside, path);
  let existing = wanted;
  while (
    existing !== inside &&
    !(await stat(existing).then(
      () => true,
      () => false,
    ))
  )
    existing = dirname(existing);
  const real = join(await realpath(existing), relative(existing, wanted));
  if (real === inside || real.startsWith(inside + sep)) return real;
  throw new UserError(`${path} is a link that leads out of the folder`, `write to ${real} by hand, or put a file in its place`, {
    file: path,
  });
}

async function makeFolder(folder: string, made: string[]): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let each = first; ; each = join(each, relative(each, folder).split(sep)[0] ?? '')) {
    made.push(each);
    if (each === folder) return;
  }
}

async function stage(place: string, text: string, staged: readonly Staged[]): Promise<Staged> {
  const beside = join(dirname(place), `.plimsoll-${process.pid}-${staged.length}`);
  const there = await stat(place).catch(() => undefined);
  const each: Staged = { place, fresh: `${beside}.new`, kept: there === undefined ? undefined : `${beside}.old` };
  try {
    if (each.kept !== undefined) await copyFile(place, each.kept);
    const file = await open(each.fresh, 'wx', 0o666);
    try {
      await file.writeFile(encodeText(text));
      if (there !== undefined) await file.chmod(there.mode);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await clear([each]);
    throw error;
  }
  return each;
}

async function clear(staged: readonly Staged[]): Promise<void> {
  for (const { fresh, kept } of staged)
    for (const path of [fresh, kept]) if (path !== undefined) await rm(path, { force: true }).catch(() => {});
}

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'make room on the disk',
  EDQUOT: 'make room on the disk: the quota is used up',
  EROFS: 'the file system is read-only: mount it writable',
  EACCES: 'look at the rights of the folder and the file',
  EPERM: 'look at the rights of the folder and the file',
  ENOTDIR: 'a file lies where a folder is needed',
  EEXIST: 'a file lies where a folder is needed',
};

function cannot(path: string, error: unknown): EnvironmentError {
  const code = errorCode(error);
  if (code === undefined) throw error;
  return new EnvironmentError(`${path} cannot be written (${code}); nothing was changed`, HINTS[code] ?? 'look at the disk', 'permanent', {
    cause: error,
  });
}
