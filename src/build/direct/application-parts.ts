import type { LayerEntry } from '../../image/index.ts';

/**
 * Bytes up to which an application is one layer. A larger one is cut into parts of at most that, so that a change makes
 * one part anew, and only that one is sent to a registry. A part has at least half of it, unless it is the last one, of
 * the sources or of the rest, or the next file does not fit; a larger file is a part of its own.
 */
const PART_BYTES = 64 * 1024 * 1024;
/** Docker and overlayfs take 127 layers; so many leave room for whatever is built upon it. */
const MOST_PARTS = 32;
/**
 * The entries of a large application as those of several layers, its Python sources last: they change most. Folders come
 * with the first part that has something in them, and again with each other that has.
 */
export function partsOf(entries: readonly LayerEntry[]): readonly (readonly LayerEntry[])[] {
  const bytes = entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
  if (bytes <= PART_BYTES) return [entries];
  let most = PART_BYTES;
  while (bytes > (most / 2) * MOST_PARTS) most *= 2;
  const folders = new Map(entries.flatMap((entry) => (entry.type === 'directory' ? [[entry.path, entry] as const] : [])));
  const rest = entries.filter((entry) => entry.type !== 'directory').toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const groups = [rest.filter((entry) => !isSource(entry)), rest.filter(isSource)];
  const parts = groups.flatMap((group) => cut(group, most)).map((part) => [...foldersOf(part, folders), ...part]);
  const placed = new Set(parts.flat().map(({ path }) => path));
  const empty = [...folders.values()].filter(({ path }) => !placed.has(path));
  return parts.map((part, i) => (i === 0 ? [...part, ...empty] : part));
}

const isSource = ({ path }: LayerEntry): boolean => path.endsWith('.py');

/** What a tar has of it: a head, and content in whole blocks. */
function bytesOf(entry: LayerEntry): number {
  const content = entry.type !== 'file' ? 0 : entry.content instanceof Uint8Array ? entry.content.length : entry.content.sizeBytes;
  return BLOCK * (1 + Math.ceil(content / BLOCK));
}

const BLOCK = 512;

/**
 * Cuts where, between half of `most` bytes and all of them, the hash of a path is smallest: so the cuts hang on paths, and
 * after a file that came or went the next ones are where they were.
 */
function cut(entries: readonly LayerEntry[], most: number): LayerEntry[][] {
  const parts: LayerEntry[][] = [];
  for (let from = 0; from < entries.length;) {
    const end = endOf(entries, from, most);
    parts.push(entries.slice(from, end));
    from = end;
  }
  return parts;
}

function endOf(entries: readonly LayerEntry[], from: number, most: number): number {
  let bytes = 0;
  let best = { hash: Infinity, end: from + 1 };
  for (let i = from; i < entries.length; i += 1) {
    const entry = entries[i] as LayerEntry;
    bytes += bytesOf(entry);
    if (bytes > most && i > from) return best.end;
    if (bytes < most / 2) best = { hash: Infinity, end: i + 1 };
    else if (hashOf(entry.path) < best.hash) best = { hash: hashOf(entry.path), end: i + 1 };
  }
  return entries.length;
}

/** FNV-1a, spread: any hash that stays the same for ever will do. */
function hashOf(path: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < path.length; i += 1) hash = Math.imul(hash ^ path.charCodeAt(i), 0x01000193) >>> 0;
  return (hash ^ (hash >>> 15)) >>> 0;
}

function foldersOf(part: readonly LayerEntry[], folders: ReadonlyMap<string, LayerEntry>): LayerEntry[] {
  const found = new Map<string, LayerEntry>();
  for (const { path } of part)
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const folder = folders.get(path.slice(0, slash));
      if (folder === undefined) continue;
      if (found.has(folder.path)) break;
      found.set(folder.path, folder);
    }
  return [...found.values()];
}
