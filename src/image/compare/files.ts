/** What is at a path of an image, as far as two images are compared. */
export interface FileFacts {
  readonly type: 'file' | 'directory' | 'symlink' | 'character' | 'block' | 'fifo';
  readonly sizeBytes: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSeconds: number;
  /** Of a file: its digest, or nothing where the other image has no other file of this size there. Of a link: where it leads. Of a device: its numbers. */
  readonly content: string;
  /** File capabilities and other extended attributes, in one text. */
  readonly attributes: string;
}

export type FileAspect = 'content' | 'type' | 'mode' | 'owner' | 'attributes';

interface ChangeHead {
  /** Absolute. */
  readonly path: string;
  /** The package that it belongs to, `debian libc6`; absent: none says so. */
  readonly owner?: string;
}

/** A path at which two images differ; `before` and `after` are bytes. */
export type FileChange = ChangeHead &
  (
    | { readonly kind: 'added'; readonly after: number }
    | { readonly kind: 'removed'; readonly before: number }
    | { readonly kind: 'changed'; readonly aspects: readonly FileAspect[]; readonly before: number; readonly after: number }
  );

/** What differs in two trees, by path; `onlyTimes`: paths that differ in nothing but their time of change. */
export interface FileChanges {
  readonly changes: readonly FileChange[];
  readonly onlyTimes: number;
}

/** A tree, and the packages that own its paths. */
export interface OwnedTree {
  readonly contents: ReadonlyMap<string, FileFacts>;
  readonly owners: ReadonlyMap<string, string>;
}

/** Compares two trees. A directory that came or went is named only where nothing in it is. */
export function fileChanges({ contents: before, owners: old }: OwnedTree, { contents: after, owners }: OwnedTree): FileChanges {
  const changes: FileChange[] = [];
  let onlyTimes = 0;
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(path), after.get(path)];
    const change = changeAt(`/${path}`, was, is);
    const owner = owners.get(path) ?? old.get(path);
    if (change) changes.push({ ...change, ...(owner === undefined ? {} : { owner }) });
    else if (was && is && was.type !== 'directory' && was.mtimeSeconds !== is.mtimeSeconds) onlyTimes += 1;
  }
  const parents = new Set(changes.filter(({ kind }) => kind !== 'changed').map(({ kind, path }) => `${kind} ${parentOf(path)}`));
  const isImplied = ({ kind, path }: FileChange): boolean => parents.has(`${kind} ${path}`);
  return { changes: changes.filter((it) => !isImplied(it)).toSorted((a, b) => (a.path < b.path ? -1 : 1)), onlyTimes };
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

function changeAt(path: string, before: FileFacts | undefined, after: FileFacts | undefined): FileChange | undefined {
  if (!before) return after && { kind: 'added', path, after: after.sizeBytes };
  if (!after) return { kind: 'removed', path, before: before.sizeBytes };
  const aspects = ASPECTS.filter(([, of]) => of(before) !== of(after)).map(([name]) => name);
  // What became another thing has other content too; that it is another thing says it all.
  const told = aspects.includes('type') ? aspects.filter((it) => it !== 'content') : aspects;
  return told.length === 0 ? undefined : { kind: 'changed', path, aspects: told, before: before.sizeBytes, after: after.sizeBytes };
}

const ASPECTS: readonly (readonly [FileAspect, (facts: FileFacts) => string])[] = [
  ['type', (it) => it.type],
  ['content', (it) => `${it.sizeBytes} ${it.content}`],
  ['mode', (it) => it.mode.toString(8)],
  ['owner', (it) => `${it.uid}:${it.gid}`],
  ['attributes', (it) => it.attributes],
];
