import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { UserError, type FileEntry, type Files } from '../../base/index.ts';
import { sha256, type Digest } from '../../base/node.ts';
import { ignoreMatcher } from '../../dockerfile/index.ts';
import type { Content, LayerEntry } from '../../image/index.ts';
import type { Plan } from '../../plan/index.ts';
import type { Job } from '../types.ts';
import { placedOver, type Below } from './below.ts';
import { digestsOf } from './application-digests.ts';
import { partsOf } from './application-parts.ts';
import { compilePo } from './gettext/index.ts';

/** From so many files on V8 is told to collect sooner: by its own rule the heap may grow fourfold first. Measured with 100,000: 307 MB at most, and 229. */
const MANY = 20_000;

/** The files of one layer of the application, and a key that changes when any of them does. */
export interface ApplicationPart {
  readonly entries: readonly LayerEntry[];
  readonly key: string;
}

/**
 * What of the repository goes into the image: everything that neither .dockerignore nor the plan leaves out. Owned
 * by root, so that the service cannot change its own code; 0644, or 0755 where it is executable. Files on disk are not
 * held in memory. One part; several of a large application.
 * Throws UserError for a link that leaves the repository, and for a file that vanishes or changes while it is read.
 */
export async function applicationParts(
  plan: Plan,
  files: Files,
  job: Pick<Job, 'store' | 'folder'>,
  below: Promise<Below>,
): Promise<readonly ApplicationPart[]> {
  const listing = await files.list();
  if (listing.length > MANY) setFlagsFromString('--heap-growing-percent=30');
  const ignored = ignoreMatcher(await dockerignore(files, listing), plan.recipe.ignore);
  const kept = listing.filter((entry) => entry.type !== 'directory' && !ignored(entry.path));
  for (const entry of kept) if (entry.type === 'symlink') refuseEscape(entry);
  const root = plan.recipe.root.slice(1);
  const digests = await digestsOf(kept.filter(isFile), files, job.folder, job.store);
  const app: LayerEntry[] = [];
  for (const entry of kept) app.push(entryOf(entry, root, await contentOf(entry, files, digests)));
  const translations = await compiled(plan, kept, files);
  // A later entry of the same path wins: a writable folder over the application's own.
  const entries = [directory(root), ...parents(kept, root), ...app, ...translations, ...ownDirectories(plan)];
  return partsOf(placedOver(await below, entries)).map((part) => ({ entries: part, key: fingerprint(part) }));
}

const isFile = (entry: FileEntry): entry is FileEntry & { readonly type: 'file' } => entry.type === 'file';

async function dockerignore(files: Files, listing: readonly FileEntry[]): Promise<string> {
  if (!listing.some((entry) => entry.path === '.dockerignore' && entry.type === 'file')) return '';
  return new TextDecoder().decode(await files.read('.dockerignore'));
}

function entryOf(entry: FileEntry, root: string, content: Content): LayerEntry {
  const head = { path: `${root}/${entry.path}`, uid: 0, gid: 0 };
  if (entry.type === 'symlink') return { ...head, type: 'symlink', mode: 0o777, target: entry.target };
  if (entry.type === 'directory') return { ...head, type: 'directory', mode: 0o755 };
  return { ...head, type: 'file', mode: entry.executable ? 0o755 : 0o644, content };
}

const NONE = new Uint8Array();

function contentOf(entry: FileEntry, files: Files, digests: ReadonlyMap<string, Digest>): Content | Promise<Content> {
  if (entry.type !== 'file') return NONE;
  const digest = digests.get(entry.path);
  if (entry.onDisk === undefined || digest === undefined) return files.read(entry.path);
  return { file: entry.onDisk.path, sizeBytes: entry.sizeBytes, digest };
}

/** The .mo of each .po that is kept; it stands in place of one that lies in the repository. */
function compiled(plan: Plan, kept: readonly FileEntry[], files: Files): Promise<LayerEntry[]> {
  const wanted = new Set(plan.recipe.translations);
  return Promise.all(
    kept
      .filter((entry) => entry.type === 'file' && wanted.has(entry.path))
      .map(async ({ path }): Promise<LayerEntry> => {
        const content = compilePo(await files.read(path), path);
        return { type: 'file', path: `${plan.recipe.root.slice(1)}/${path.replace(/\.po$/, '.mo')}`, mode: 0o644, uid: 0, gid: 0, content };
      }),
  );
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

function fingerprint(entries: readonly LayerEntry[]): string {
  const hash = createHash('sha256');
  for (const entry of entries) {
    const { type, path, mode, uid, gid } = entry;
    const what = entry.type === 'file' ? digestOfContent(entry.content) : entry.type === 'directory' ? '' : entry.target;
    hash.update([type, path, mode, uid, gid, what].join('\0')).update('\n');
  }
  return hash.digest('hex');
}

function digestOfContent(content: Content): string {
  if (content instanceof Uint8Array) return sha256(content);
  if (content.digest === undefined) throw new Error(`no digest is known of ${content.file}`);
  return content.digest;
}
