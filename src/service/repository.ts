import { fileSeen, noMemo, type FileEntry, type Files, type Memo } from '../base/index.ts';
import { decodeText, textFile, type TextFile } from './text.ts';
import type { Problem } from './types.ts';

/** A repository as the readers see it: which files there are, and their texts, each read once. */
export interface Repository {
  readonly folderName: string;
  /** Regular files, and links to regular files inside the repository; sorted. */
  readonly paths: readonly string[];
  has(path: string): boolean;
  /** Undefined: not there, not text, or too large. The reason for the last two is in `problems`. */
  text(path: string): Promise<TextFile | undefined>;
  readonly problems: Problem[];
  /** Folders above this one that may be read: 2 for `services/api` of a repository. */
  readonly depth: number;
  /** The folder's own place in what is around it: `services/api`. */
  readonly place: string;
}

/** The largest source or manifest that is read; the largest known lock files are below half of it. */
export const MAX_TEXT_BYTES = 8 * 1024 * 1024;

/** Lists a repository's files. Symbolic links that leave the folder become problems, and are not followed. */
export async function openRepository(files: Files, folderName: string, memo: Memo = noMemo): Promise<Repository> {
  const entries = await files.list();
  const byPath = new Map(entries.map((e) => [e.path, e]));
  const problems: Problem[] = [];
  const real = new Map<string, Extract<FileEntry, { type: 'file' }>>();
  for (const entry of entries) {
    const file = resolveFile(entry, byPath, problems);
    if (file) real.set(entry.path, file);
  }
  const texts = new Map<string, Promise<TextFile | undefined>>();
  const read = async (path: string): Promise<TextFile | undefined> => {
    if (path.startsWith('../')) {
      const bytes = await fileSeen(files, path);
      const found = bytes && bytes.length <= MAX_TEXT_BYTES ? decodeText(bytes) : undefined;
      return found === undefined ? undefined : textFile(path, found);
    }
    const file = real.get(path);
    if (!file) return undefined;
    if (file.sizeBytes > MAX_TEXT_BYTES) {
      problems.push({ at: { file: path }, what: `larger than ${MAX_TEXT_BYTES / 1024 / 1024} MB, so it was not read` });
      return undefined;
    }
    const text = decodeText(await files.read(file.path));
    if (text === undefined)
      problems.push({ at: { file: path }, what: 'holds NUL bytes, so it is not text', hint: 'save it as UTF-8, or remove it' });
    return text === undefined ? undefined : textFile(path, text, memo);
  };
  return {
    folderName,
    paths: [...real.keys()],
    has: (path) => real.has(path),
    text(path) {
      const known = texts.get(path) ?? read(path);
      texts.set(path, known);
      return known;
    },
    problems,
    depth: files.around?.at.split('/').length ?? 0,
    place: files.around?.at ?? '',
  };
}

function resolveFile(
  entry: FileEntry,
  byPath: ReadonlyMap<string, FileEntry>,
  problems: Problem[],
): Extract<FileEntry, { type: 'file' }> | undefined {
  let at: FileEntry | undefined = entry;
  // As deep as Linux goes: path_resolution(7), 40 links.
  for (let hop = 0; at?.type === 'symlink' && hop < 40; hop += 1) {
    const target = joinPath(folderOf(at.path), at.target);
    if (target === undefined) {
      problems.push({
        at: { file: entry.path },
        what: `is a symbolic link to \`${at.target}\`, outside of the folder`,
        hint: 'copy the file into the repository, or leave the link out with .dockerignore',
      });
      return undefined;
    }
    at = byPath.get(target);
  }
  return at?.type === 'file' ? at : undefined;
}

export const folderOf = (path: string): string => path.split('/').slice(0, -1).join('/');
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** `target` as seen from `folder`; undefined when it leaves the repository or is absolute. */
export function joinPath(folder: string, target: string): string | undefined {
  if (target.startsWith('/')) return undefined;
  const out = folder === '' ? [] : folder.split('/');
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') out.push(part);
    else if (out.pop() === undefined) return undefined;
  }
  return out.join('/');
}
