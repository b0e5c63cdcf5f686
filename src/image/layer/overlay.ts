import type { LayerRecord, TreeRecord } from './read.ts';

/** A record that may be kept: without its content, which can be read only in passing. */
export type KeptRecord = TreeRecord | Extract<LayerRecord, { type: 'whiteout' | 'opaque' }>;

/** One path of an image as a container sees it. */
export interface TreeEntry {
  readonly record: TreeRecord;
  /** Bytes of content: of a hard link, those of its file. */
  readonly sizeBytes: number;
  /** Index of the layer it comes from. */
  readonly layer: number;
  /** Where the content lies in the tar of a layer: of a hard link, that of its file. */
  readonly content?: { readonly layer: number; readonly offset: number };
}

/** A directory with what is in it, or anything else. The root has no entry. */
export interface Node {
  entry?: TreeEntry;
  readonly children: Map<string, Node>;
}

/** Symbolic links followed before it is a loop: Linux, path_resolution(7). */
const MAX_LINKS = 40;

export const newNode = (): Node => ({ children: new Map() });

/**
 * Puts a layer over what lies in `root`: image-spec, layer.md, "Applying Changesets". Whiteouts touch lower layers only,
 * wherever they stand in their own, so they go first.
 */
export function applyLayer(root: Node, records: readonly KeptRecord[], layer: number): void {
  for (const record of records) {
    if (record.type === 'whiteout') remove(root, record.path);
    if (record.type === 'opaque') nodeAt(root, realPath(root, record.path, true))?.children.clear();
  }
  for (const record of records) if (record.type !== 'whiteout' && record.type !== 'opaque' && record.path !== '') put(root, record, layer);
}

/**
 * Where `path` lies in the end: links on the way are followed with the image as root, the last part only with
 * `followLast`. What is not there is taken as it stands; a loop ends at nothing.
 */
export function realPath(root: Node, path: string, followLast: boolean): string {
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
  for (const part of parts) node = node?.children.get(part);
  return node;
}

function remove(root: Node, path: string): void {
  const real = partsOf(realPath(root, path, false));
  const last = real.pop();
  if (last !== undefined) nodeAt(root, real)?.children.delete(last);
}

function put(root: Node, record: TreeRecord, layer: number): void {
  const path = realPath(root, record.path, false);
  const entry = entryOf(root, record.path === path ? record : { ...record, path }, layer);
  let node = root;
  for (const [index, part] of partsOf(path).entries()) {
    if (index > 0 && node.entry?.record.type !== 'directory') makeDirectory(node, path, index, layer);
    let next = node.children.get(part);
    if (!next) node.children.set(part, (next = newNode()));
    node = next;
  }
  // A directory over a directory keeps what is in it.
  if (record.type !== 'directory') node.children.clear();
  node.entry = entry;
}

/** A parent that no layer names: 0755 root, as all unpackers make it. */
function makeDirectory(node: Node, path: string, depth: number, layer: number): void {
  const own = path.split('/').slice(0, depth).join('/');
  node.entry = { record: { type: 'directory', path: own, mode: 0o755, uid: 0, gid: 0, mtimeSeconds: 0 }, sizeBytes: 0, layer };
}

function entryOf(root: Node, record: TreeRecord, layer: number): TreeEntry {
  if (record.type === 'file') return { record, sizeBytes: record.sizeBytes, layer, content: { layer, offset: record.offset } };
  const file = record.type === 'hardlink' ? nodeAt(root, realPath(root, record.target, false))?.entry : undefined;
  return { record, sizeBytes: file?.sizeBytes ?? 0, layer, ...(file?.content ? { content: file.content } : {}) };
}

const partsOf = (path: string): string[] => (path === '' ? [] : path.split('/'));
