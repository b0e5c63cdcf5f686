import { join } from 'node:path';
import { UserError, type FileEntry, type Files } from '../../base/index.ts';
import { keyOf, sha256 } from '../../base/node.ts';
import { ignoreMatcher } from '../../dockerfile/index.ts';
import type { LayerEntry } from '../../image/index.ts';
import type { Plan } from '../../plan/index.ts';

/** The application's files, as layer entries, and a key that changes when any of them does. */
export interface ApplicationTree {
  readonly entries: readonly LayerEntry[];
  readonly key: string;
}

/**
 * What of the repository goes into the image: everything that neither .dockerignore nor the plan leaves out. Owned
 * by root, so that the service cannot change its own code; 0644, or 0755 where it is executable.
 * Throws UserError for a link that leaves the repository, and for a file that vanishes or changes while it is read.
 */
export async function applicationTree(plan: Plan, files: Files): Promise<ApplicationTree> {
  const listing = await files.list();
  const ignored = ignoreMatcher(await dockerignore(files, listing), plan.recipe.ignore);
  const kept = listing.filter((entry) => entry.type !== 'directory' && !ignored(entry.path));
  for (const entry of kept) if (entry.type === 'symlink') refuseEscape(entry);
  const root = plan.recipe.root.slice(1);
  const app = await Promise.all(kept.map((entry) => entryOf(entry, root, files)));
  const entries = [directory(root), ...parents(kept, root), ...app, ...ownDirectories(plan)];
  return { entries: unique(entries), key: keyOf(unique(entries).map(fingerprint)) };
}

async function dockerignore(files: Files, listing: readonly FileEntry[]): Promise<string> {
  if (!listing.some((entry) => entry.path === '.dockerignore' && entry.type === 'file')) return '';
  return new TextDecoder().decode(await files.read('.dockerignore'));
}

async function entryOf(entry: FileEntry, root: string, files: Files): Promise<LayerEntry> {
  const head = { path: `${root}/${entry.path}`, uid: 0, gid: 0 };
  if (entry.type === 'symlink') return { ...head, type: 'symlink', mode: 0o777, target: entry.target };
  if (entry.type === 'directory') return { ...head, type: 'directory', mode: 0o755 };
  return { ...head, type: 'file', mode: entry.executable ? 0o755 : 0o644, content: await files.read(entry.path) };
}

const directory = (path: string): LayerEntry => ({ type: 'directory', path, mode: 0o755, uid: 0, gid: 0 });

/** Folders that hold something that is kept; empty and ignored ones are not part of the image. */
function parents(kept: readonly FileEntry[], root: string): LayerEntry[] {
  const folders = new Set<string>();
  for (const { path } of kept) {
    const parts = path.split('/').slice(0, -1);
    parts.forEach((_, i) => folders.add(parts.slice(0, i + 1).join('/')));
  }
  return [...folders].map((path) => directory(`${root}/${path}`));
}

/** Mount points of the declared writable paths: under a read-only root nobody could make them. */
function ownDirectories(plan: Plan): LayerEntry[] {
  const { uid, gid } = plan.contract.user;
  return plan.recipe.directories.map((path) => ({ type: 'directory', path: path.replace(/^\/+|\/+$/g, ''), mode: 0o755, uid, gid }));
}

/** A later entry of the same path wins: a writable folder over the application's own. */
function unique(entries: readonly LayerEntry[]): LayerEntry[] {
  return [...new Map(entries.map((entry) => [entry.path, entry])).values()];
}

/** Throws UserError for a link that leaves the folder. */
export function refuseEscape(link: FileEntry & { type: 'symlink' }): void {
  const leaves = link.target.startsWith('/') || join('/', link.path, '..').split('/').filter(Boolean).length < climbs(link);
  if (!leaves) return;
  throw new UserError(
    `\`${link.path}\` links to \`${link.target}\`, outside the folder`,
    'replace the link by the file, or list it in .dockerignore',
    { file: link.path },
  );
}

/** How far above its own folder the target goes at its highest point. */
function climbs(link: FileEntry & { type: 'symlink' }): number {
  let depth = 0;
  let highest = 0;
  for (const part of link.target.split('/')) {
    if (part === '..') depth -= 1;
    else if (part !== '' && part !== '.') depth += 1;
    highest = Math.min(highest, depth);
  }
  return -highest;
}

function fingerprint(entry: LayerEntry): unknown {
  if (entry.type !== 'file') return entry;
  const { content, ...head } = entry;
  return { ...head, content: content instanceof Uint8Array ? sha256(content) : content };
}
