import type { KeptRecord, TreeRecord } from './read.ts';
import type { SparseMap } from '../tar/index.ts';

/** One path of an image as a container sees it. */
export interface TreeEntry {
  readonly record: TreeRecord;
  /** Bytes of content: of a hard link, those of its file. */
  readonly sizeBytes: number;
  /** Index of the layer it comes from. */
  readonly layer: number;
  /** Where the content lies in the tar of a layer: of a hard link, that of its file. */
  readonly content?: { readonly layer: number; readonly offset: number; readonly sparse?: SparseMap };
}

/** A directory with what is in it, or anything else. The root has no entry. */
export interface Node {
  entry?: TreeEntry;
  children?: Map<string, Node>;
}

/** What a record of a layer took away from the tree: by a whiteout, or by standing in its place. */
export interface Gone {
  readonly entry: TreeEntry;
  readonly by: KeptRecord;
  /** Index of the layer of that record. */
  readonly layer: number;
}

/** Symbolic links followed before it is a loop: Linux, path_resolution(7). */
const MAX_LINKS = 40;

export const newNode = (): Node => ({});

/**
 * Puts a layer over what lies in `root`: image-spec, layer.md, "Applying Changesets". Whiteouts touch lower layers only,
 * wherever they stand in their own, so they go first. `gone` hears of each entry that is no longer there then.
 */
export function applyLayer(root: Node, records: readonly KeptRecord[], layer: number, gone?: (it: Gone) => void): void {
  const tell = (node: Node | undefined, by: KeptRecord): void => {
    if (gone && node) for (const [, entry] of entriesOf(node)) gone({ entry, by, layer });
  };
  for (const record of records) {
    if (record.type === 'whiteout') tell(remove(root, record.path), record);
    if (record.type !== 'opaque') continue;
    const folder = nodeAt(root, realPath(root, record.path, true));
    for (const child of folder?.children?.values() ?? []) tell(child, record);
    delete folder?.children;
  }
  const put = putter(root, layer, tell);
  for (const record of records) if (record.type !== 'whiteout' && record.type !== 'opaque' && record.path !== '') put(record);
}

/** All that lies at a node and below it, by path. */
export function entriesOf(node: Node): [string, TreeEntry][] {
  const found: [string, TreeEntry][] = [];
  // A list instead of recursion: depth is the image's choice.
  for (const todo = [node]; todo.length > 0;) {
    const { entry, children } = todo.pop()!;
    if (entry) found.push([entry.record.path, entry]);
    for (const child of children?.values() ?? []) todo.push(child);
  }
  return found;
}

/**
 * Where `path` lies in the end: links on the way are followed with the image as root, the last part only with
 * `followLast`. What is not there is taken as it stands; a loop ends at nothing.
 */
export function realPath(root: Node, path: string, followLast: boolean): string {
  return isPlain(root, path, followLast) ? path : followed(root, path, followLast);
}

/** Whether no link is on the way, which is so nearly always. What it cannot tell it denies. */
function isPlain(root: Node, path: string, followLast: boolean): boolean {
  let node: Node | undefined = root;
  for (let from = 0, to = 0; to < path.length; from = to + 1) {
    to = endOfPart(path, from);
    const part = path.slice(from, to);
    if (part === '' || part === '.' || part === '..') return false;
    node = node?.children?.get(part);
    if (node?.entry?.record.type === 'symlink' && (followLast || to < path.length)) return false;
  }
  return true;
}

/** Where the part of a path that begins at `from` ends. */
function endOfPart(path: string, from: number): number {
  const slash = path.indexOf('/', from);
  return slash < 0 ? path.length : slash;
}

function followed(root: Node, path: string, followLast: boolean): string {
  let done: string[] = [];
  const rest = path.split('/').toReversed();
  for (let links = 0; rest.length > 0;) {
    const part = rest.pop()!;
    if (part === '..') done.pop();
    if (part === '' || part === '.' || part === '..') continue;
    done.push(part);
    const record = nodeAt(root, done)?.entry?.record;
    if (record?.type !== 'symlink' || (rest.length === 0 && !followLast)) continue;
    if ((links += 1) > MAX_LINKS) return path;
    done = record.target.startsWith('/') ? [] : done.slice(0, -1);
    for (const next of record.target.split('/').toReversed()) rest.push(next);
  }
  return done.join('/');
}

export function nodeAt(root: Node, path: string | readonly string[]): Node | undefined {
  const parts = typeof path === 'string' ? partsOf(path) : path;
  let node: Node | undefined = root;
  for (const part of parts) node = node?.children?.get(part);
  return node;
}

function remove(root: Node, path: string): Node | undefined {
  const real = partsOf(realPath(root, path, false));
  const last = real.pop();
  const siblings = last === undefined ? undefined : nodeAt(root, real)?.children;
  const node = siblings?.get(last!);
  siblings?.delete(last!);
  return node;
}

/** The directory at a plain path that no link is on the way to. */
function directoryAt(root: Node, path: string): Node | undefined {
  let node = root;
  for (let from = 0, to = 0; to < path.length; from = to + 1) {
    to = endOfPart(path, from);
    const next = node.children?.get(path.slice(from, to));
    if (next?.entry?.record.type !== 'directory') return undefined;
    node = next;
  }
  return node;
}

/** Puts records of one layer into the tree, most of them into a folder that had one before. */
function putter(root: Node, layer: number, replaces: (node: Node, by: KeptRecord) => void): (record: TreeRecord) => void {
  const folders = new Map<string, Node>();

  const madeDirectory = (path: string, by: KeptRecord): Node => {
    let node = root;
    let made = '';
    for (const part of partsOf(path)) {
      made = made === '' ? part : `${made}/${part}`;
      let next = node.children?.get(part);
      if (!next) (node.children ??= new Map()).set(part, (next = {}));
      if (next.entry?.record.type !== 'directory') {
        if (next.entry) replaces(next, by);
        next.entry = impliedDirectory(made, layer);
      }
      node = next;
    }
    return node;
  };
  const folderAt = (path: string, by: KeptRecord): Node => {
    let folder = folders.get(path);
    if (!folder) {
      folder = directoryAt(root, path) ?? madeDirectory(realPath(root, path, true), by);
      folders.set(path, folder);
    }
    return folder;
  };
  return (record) => {
    const slash = record.path.lastIndexOf('/');
    const parent = folderAt(slash < 0 ? '' : record.path.slice(0, slash), record);
    const name = record.path.slice(slash + 1);
    const inFolder = parent.entry ? `${parent.entry.record.path}/${name}` : name;
    const entry = entryOf(root, record.path === inFolder ? record : { ...record, path: inFolder }, layer);
    let node = parent.children?.get(name);
    if (!node) (parent.children ??= new Map()).set(name, (node = {}));
    // A directory over a directory keeps what is in it.
    if (node.entry && !(record.type === 'directory' && node.entry.record.type === 'directory')) {
      replaces(node, record);
      delete node.children;
      // No folder is behind a file; anything else may be on the way to some.
      if (node.entry.record.type !== 'file') folders.clear();
    }
    if (record.type === 'symlink') folders.clear();
    node.entry = entry;
  };
}

/** A parent that no layer names: 0755 root, as all unpackers make it. */
const impliedDirectory = (path: string, layer: number): TreeEntry => ({
  record: { type: 'directory', path, mode: 0o755, uid: 0, gid: 0, mtimeSeconds: 0 },
  sizeBytes: 0,
  layer,
});

function entryOf(root: Node, record: TreeRecord, layer: number): TreeEntry {
  if (record.type === 'file')
    return {
      record,
      sizeBytes: record.sizeBytes,
      layer,
      content: { layer, offset: record.offset, ...(record.sparse ? { sparse: record.sparse } : {}) },
    };
  const file = record.type === 'hardlink' ? nodeAt(root, realPath(root, record.target, false))?.entry : undefined;
  return { record, sizeBytes: file?.sizeBytes ?? 0, layer, ...(file?.content ? { content: file.content } : {}) };
}

const partsOf = (path: string): string[] => (path === '' ? [] : path.split('/'));
