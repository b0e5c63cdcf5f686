import { byPath, filesSeen, UserError, type FileEntry, type Files } from '../../../base/index.ts';
import { keyOf, sha256 } from '../../../base/node.ts';
import type { LayerEntry } from '../../../image/index.ts';
import { refuseEscape } from '../application.ts';

/** The sources of one package. */
export interface SourceTree {
  /** Below the package's folder. */
  readonly entries: readonly LayerEntry[];
  /** Changes when any of them does. */
  readonly key: string;
  /** pyproject.toml as it stands there; absent: there is none. */
  readonly manifest?: string;
}

/** What earlier builds and tools leave: no source, and stale copies in `build/` would go into the wheel. */
const LEFTOVERS = /^(build|dist|\.plimsoll|plimsoll\.lock|plimsoll\.yaml)(\/|$)|(^|\/)(__pycache__|[^/]+\.egg-info)(\/|$)|\.py[co]$/;

/** The file that errors about a package are located in. */
export const manifestOf = (folder: string): string => (folder === '' ? 'pyproject.toml' : `${folder}/pyproject.toml`);

/** Reads the folder of a package. Throws UserError where it is not there, or links leave it. */
export async function sourceTree(folder: string, files: Files): Promise<SourceTree> {
  const inside = await filesSeen(files, folder);
  if (!inside)
    throw new UserError(
      `the folder \`${folder}\` of a package is not there`,
      'mend its path; where it lies outside of the git repository or workspace, name `context` in plimsoll.yaml',
    );
  const kept = (await inside.list()).filter((entry) => !LEFTOVERS.test(entry.path));
  for (const entry of kept) if (entry.type === 'symlink') refuseEscape(entry);
  const entries = await Promise.all(kept.toSorted(byPath).map((entry) => entryOf(entry, inside)));
  const manifest = entries.find((entry) => entry.path === 'pyproject.toml');
  return {
    entries,
    key: keyOf(entries.map((entry) => (entry.type === 'file' ? { ...entry, content: sha256(entry.content as Uint8Array) } : entry))),
    ...(manifest?.type === 'file' ? { manifest: new TextDecoder().decode(manifest.content as Uint8Array) } : {}),
  };
}

async function entryOf(entry: FileEntry, files: Files): Promise<LayerEntry> {
  const head = { path: entry.path, uid: 0, gid: 0 };
  if (entry.type === 'symlink') return { ...head, type: 'symlink', mode: 0o777, target: entry.target };
  if (entry.type === 'directory') return { ...head, type: 'directory', mode: 0o755 };
  return { ...head, type: 'file', mode: entry.executable ? 0o755 : 0o644, content: await files.read(entry.path) };
}
