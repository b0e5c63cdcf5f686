import { normalizedName } from '../base/index.ts';
import type { ScannedTree } from '../image/index.ts';
import type { Owner } from './types.ts';

/** Texts that say which package a file is of. */
const LISTS: readonly { readonly pattern: RegExp; readonly read: (text: string, path: string) => Iterable<readonly [string, Owner]> }[] = [
  { pattern: /^var\/lib\/dpkg\/info\/[^/]+\.list$/, read: dpkgList },
  { pattern: /^var\/lib\/dpkg\/status\.d\/[^/]+\.md5sums$/, read: dpkgSums },
  { pattern: /^(?:usr\/)?lib\/apk\/db\/installed$/, read: apkInstalled },
  { pattern: /(?:^|\/)(?:site|dist)-packages\/[^/]+\.dist-info\/RECORD$/, read: pythonRecord },
];

/** Whether a file is read to know owners. */
export const saysOwners = (path: string): boolean => LISTS.some(({ pattern }) => pattern.test(path));

/** The package of each file, by the path at which it lies in the end. */
export async function ownersIn(tree: ScannedTree): Promise<ReadonlyMap<string, Owner>> {
  const owners = new Map<string, Owner>();
  const folders = new Map<string, string>();
  /** Lists speak of /bin where that is a link to /usr/bin. */
  const throughLinks = (name: string): string => {
    const slash = name.lastIndexOf('/') + 1;
    const folder = name.slice(0, slash);
    let real = folders.get(folder);
    if (real === undefined) {
      const found = tree.resolve(folder);
      folders.set(folder, (real = found === undefined || found === '' ? '' : `${found}/`));
    }
    return real + name.slice(slash);
  };
  for (const [path, { record }] of tree.entries) {
    const list = record.type === 'file' ? LISTS.find(({ pattern }) => pattern.test(path)) : undefined;
    if (!list) continue;
    const text = Buffer.from(await tree.read(path)).toString('utf8');
    for (const [name, owner] of list.read(text, path)) {
      const real = tree.entries.has(name) ? name : throughLinks(name);
      if (tree.entries.get(real)?.record.type !== 'directory') owners.set(real, owner);
    }
  }
  return owners;
}

/** dpkg, "file lists": an absolute path in each line. */
function* dpkgList(text: string, path: string): Generator<readonly [string, Owner]> {
  const owner: Owner = {
    by: 'debian',
    name: nameIn(path)
      .replace(/\.list$/, '')
      .replace(/:.*$/, ''),
  };
  for (let at = 1, end = text.indexOf('\n'); end >= 0; at = end + 2, end = text.indexOf('\n', at))
    if (end > at + 1) yield [text.slice(at, end), owner];
}

/** As images without dpkg have it: `HASH  PATH`. */
function* dpkgSums(text: string, path: string): Generator<readonly [string, Owner]> {
  const owner: Owner = { by: 'debian', name: nameIn(path).replace(/\.md5sums$/, '') };
  for (const line of text.split('\n')) {
    const [, name] = /^[0-9a-f]{32} {2}(?:\.\/)?(.+)$/.exec(line) ?? [];
    if (name !== undefined) yield [name, owner];
  }
}

/** apk, "installed database": P: is the package, F: a folder, R: a file in it. */
function* apkInstalled(text: string): Generator<readonly [string, Owner]> {
  let [owner, folder]: [Owner, string] = [{ by: 'alpine', name: '' }, ''];
  for (const line of text.split('\n')) {
    const value = line.slice(2);
    if (line.startsWith('P:')) owner = { by: 'alpine', name: value };
    if (line.startsWith('F:')) folder = value;
    if (line.startsWith('R:')) yield [folder === '' ? value : `${folder}/${value}`, owner];
  }
}

/** PyPA, "Recording installed projects": paths are relative to the folder above. */
function* pythonRecord(text: string, path: string): Generator<readonly [string, Owner]> {
  const [, site = '', folder = ''] = /^(.*)\/([^/]+)\.dist-info\/RECORD$/.exec(path) ?? [];
  const owner: Owner = { by: 'python', name: normalizedName(folder.replace(/-[^-]*$/, '')) };
  for (const line of text.split(/\r?\n/)) {
    const [, quoted, bare] = /^(?:"((?:[^"]|"")+)"|([^",]+)),/.exec(line) ?? [];
    const name = quoted?.replaceAll('""', '"') ?? bare;
    if (name !== undefined) yield [joined(site, name), owner];
  }
}

function joined(folder: string, path: string): string {
  if (path.startsWith('/')) return path.slice(1);
  if (!path.includes('..')) return `${folder}/${path}`;
  const parts: string[] = folder.split('/');
  for (const part of path.split('/'))
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  return parts.join('/');
}

const nameIn = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
