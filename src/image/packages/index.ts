import { onceFor } from '../../base/index.ts';
import type { ImageTree } from '../layer/flatten.ts';
import type { TreeEntry } from '../layer/overlay.ts';
import { apk } from './apk.ts';
import { dpkg } from './dpkg.ts';
import { npm } from './npm.ts';
import { OS_RELEASES, osReleaseOf, readIn, type OsRelease } from './os-release.ts';
import { purlOf } from './purl.ts';
import { python } from './python.ts';
import { rpm } from './rpm.ts';
import type { Beside, Found, Installed, Package, PackageReader, Unread } from './types.ts';

export { parseParagraphs, words, type Paragraph } from './deb822.ts';
export { ownersIn } from './owners.ts';
export { osReleaseOf, type OsRelease } from './os-release.ts';
export { metadataFields, recordedPath } from './python-metadata.ts';
export type { Ecosystem, Installed, Package, Unread } from './types.ts';

const READERS: readonly PackageReader[] = [dpkg, apk, rpm, python, npm];

/** Bytes of a record at most: dpkg's of a whole desktop has 5 MB, rpm's 200. */
const LARGEST = 256 * 1024 * 1024;

/**
 * What is installed in an image, by the records of dpkg, apk, rpm, of Python's installers and of npm's; read once for
 * each tree. What a record says is taken as it is: whether its files are there is another question.
 */
export const packagesOf: (tree: ImageTree) => Promise<Installed> = onceFor(async (tree: ImageTree) => {
  const release = await osReleaseOf(tree);
  const beside = besideIn(tree);
  const packages: Package[] = [];
  const unread: Unread[] = [];
  for (const path of tree.entries.keys()) {
    const reader = READERS.find((it) => it.claims(path));
    const entry = reader && fileAt(tree, path);
    if (!entry) continue;
    if (entry.sizeBytes > LARGEST) {
      unread.push({ path, why: `it has ${entry.sizeBytes} bytes, and records up to ${LARGEST} are read` });
      continue;
    }
    const bytes = await readIn(tree, path);
    if (!bytes) {
      unread.push({ path, why: 'it is sparse, or another name of a file that is no record' });
      continue;
    }
    const { found, problems } = await reader.read(path, bytes, beside);
    for (const why of problems) unread.push({ path, why });
    for (const it of found) packages.push(packageOf(tree, reader, path, it, release));
  }
  if (release && RECORDED.test(release.id) && ![...packages, ...unread].some(isOfSystem))
    unread.push({ path: OS_RELEASES[0]!, why: `it says \`${release.id}\`, and no list of that distribution’s packages is in the image` });
  return { packages: packages.toSorted(inOrder), unread };
});

/** Distributions whose packages leave a record that is read here: without one, nobody knows what of them is there. */
const RECORDED =
  /^(?:debian|ubuntu|alpine|wolfi|chainguard|fedora|rhel|centos|almalinux|rocky|ol|amzn|photon|azurelinux|mariner|sles|opensuse(?:-.*)?)$/;

const SYSTEM: readonly PackageReader[] = [dpkg, apk, rpm];
const isOfSystem = ({ path }: { readonly path: string }): boolean => SYSTEM.some((it) => it.claims(path));

/** Whether `packagesOf` may read the text of a path: for who keeps only some texts of an image. */
export const isForPackages = (path: string): boolean =>
  OS_RELEASES.includes(path) || READERS.some((reader) => reader.claims(path) || reader.asks?.(path) === true);

/** What lies at a path, links followed, where that is a regular file. */
function fileAt(tree: ImageTree, path: string): TreeEntry | undefined {
  const entry = tree.entries.get(tree.resolve(path) ?? '');
  return entry?.content === undefined ? undefined : entry;
}

function packageOf(tree: ImageTree, reader: PackageReader, path: string, found: Found, release: OsRelease | undefined): Package {
  const { since = path, files, ...rest } = found;
  const ofSystem = reader.ecosystem !== 'python' && reader.ecosystem !== 'npm';
  return {
    ecosystem: reader.ecosystem,
    ...rest,
    files: files.filter((file) => (tree.entries.get(file) ?? tree.entries.get(tree.resolve(file) ?? ''))?.record.type !== 'directory'),
    ...(ofSystem && release ? { distribution: release } : {}),
    purl: purlOf(reader.ecosystem, found, release),
    layer: (fileAt(tree, since) ?? fileAt(tree, path))?.layer ?? 0,
    path,
  };
}

function besideIn(tree: ImageTree): Beside {
  let paths: readonly string[] | undefined;
  return {
    async text(path) {
      const entry = fileAt(tree, path);
      const bytes = entry === undefined || entry.sizeBytes > LARGEST ? undefined : await readIn(tree, path);
      return bytes && Buffer.from(bytes).toString('utf8');
    },
    below(folder) {
      paths ??= [...tree.entries.keys()];
      const from = firstFrom(paths, `${folder}/`);
      // `0` is the character after `/`.
      return paths.slice(from, firstFrom(paths, `${folder}0`));
    },
  };
}

/** Where the first of these sorted paths stands that is not before `wanted`. */
function firstFrom(paths: readonly string[], wanted: string): number {
  let [low, high] = [0, paths.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (paths[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

const keyOf = ({ ecosystem, name, version, path }: Package): string => [ecosystem, name, version, path].join('\0');
const inOrder = (a: Package, b: Package): number => (keyOf(a) < keyOf(b) ? -1 : 1);
