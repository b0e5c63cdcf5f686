import { UserError } from '../../base/index.ts';
import type { LayerEntry } from '../types.ts';
import { WHITEOUT_PREFIX } from './whiteout.ts';

/** Highest id that Linux can give: (uid_t) -1 means none. */
const MAX_ID = 2 ** 32 - 2;

/**
 * The entries as they will stand in the tar: parents before children, sorted by path (code units), hard links last,
 * missing parent directories added as root's 0755. Order of the input does not matter.
 *
 * A parent that is added here stands over what a lower layer has at that path: where a lower layer has `tmp` with
 * mode 1777, or `lib` as a link to `usr/lib`, name that entry or the real path.
 *
 * `hidden`: whiteouts for these paths of lower layers are written with them.
 *
 * Throws UserError for a path that leaves the layer, a path given twice, an entry below something that is no directory,
 * a hard link without its file, and numbers that no file can have.
 */
export function settle(entries: Iterable<LayerEntry>, hidden: readonly string[] = []): readonly LayerEntry[] {
  const byPath = new Map<string, LayerEntry>();
  for (const entry of entries) {
    checkPath(entry.path);
    checkNumbers(entry);
    if (byPath.has(entry.path)) throw refused(entry.path, 'is given twice', 'keep one of the two');
    byPath.set(entry.path, entry);
  }
  for (const path of hidden) {
    checkPath(path);
    const whiteout = whiteoutOf(path);
    byPath.set(whiteout.path, whiteout);
  }
  for (const path of byPath.keys()) addParents(byPath, path);
  return [...byPath.values()]
    .map((entry) => (entry.type === 'hardlink' ? linkTo(fileBehind(byPath, entry), entry.path) : entry))
    .toSorted(inOrder);
}

/** image-spec, layer.md, "Whiteouts": an empty file beside what it hides, which readers of any order apply to lower layers only. */
function whiteoutOf(path: string): LayerEntry {
  const slash = path.lastIndexOf('/') + 1;
  const name = `${path.slice(0, slash)}${WHITEOUT_PREFIX}${path.slice(slash)}`;
  return { type: 'file', path: name, mode: 0o644, uid: 0, gid: 0, content: new Uint8Array() };
}

/** A parent is a prefix of its children, so code-unit order has it first. */
function inOrder(a: LayerEntry, b: LayerEntry): number {
  const last = Number(a.type === 'hardlink') - Number(b.type === 'hardlink');
  return last === 0 ? (a.path < b.path ? -1 : 1) : last;
}

function addParents(byPath: Map<string, LayerEntry>, path: string): void {
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
    const parent = path.slice(0, slash);
    const there = byPath.get(parent);
    if (there?.type === 'directory') return; // its own parents are added with it
    if (there) throw refused(path, `lies below \`${parent}\`, which is no directory but a ${there.type}`, 'name the real path');
    byPath.set(parent, { type: 'directory', path: parent, mode: 0o755, uid: 0, gid: 0 });
  }
}

/** Mode and owner are the file's: Docker and Podman set them again from the link's own header. */
function linkTo({ path: target, mode, uid, gid }: LayerEntry, path: string): LayerEntry {
  return { type: 'hardlink', path, target, mode, uid, gid };
}

/** Follows links to links; what it ends at is written before all hard links. */
function fileBehind(byPath: ReadonlyMap<string, LayerEntry>, link: LayerEntry & { type: 'hardlink' }): LayerEntry {
  let target = link.target;
  for (let steps = 0; steps <= byPath.size; steps += 1) {
    const entry = byPath.get(target);
    if (entry?.type === 'file' || entry?.type === 'symlink') return entry;
    if (entry?.type !== 'hardlink') break;
    target = entry.target;
  }
  throw refused(
    link.path,
    `is a hard link to \`${link.target}\`, which is no file of this layer`,
    'add that file, or make the link a copy',
  );
}

function checkPath(path: string): void {
  const parts = path.split('/');
  if (path === '' || path.startsWith('/') || parts.includes('..'))
    throw refused(path, 'is not inside the layer', 'use a path relative to the root, without `..`');
  if (parts.includes('') || parts.includes('.') || path.includes('\0'))
    throw refused(path, 'is not in its plain form', 'leave out `.`, empty parts, a last `/` and NUL');
  if (parts.some((part) => part.startsWith(WHITEOUT_PREFIX)))
    throw refused(path, 'would delete files when unpacked (`.wh.` marks a whiteout)', 'rename it, or leave it out with .dockerignore');
}

function checkNumbers({ path, mode, uid, gid }: LayerEntry): void {
  const fits = (value: number, largest: number): boolean => Number.isInteger(value) && value >= 0 && value <= largest;
  if (!fits(mode, 0o7777)) throw refused(path, `has mode ${mode}`, 'give permission bits, 0 to 0o7777');
  if (!fits(uid, MAX_ID) || !fits(gid, MAX_ID)) throw refused(path, `has owner ${uid}:${gid}`, `give numeric ids, 0 to ${MAX_ID}`);
}

const refused = (path: string, what: string, hint: string): UserError =>
  new UserError(`layer entry \`${path}\` ${what}`, hint, { file: path });
