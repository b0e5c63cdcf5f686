import type { LayerEntry } from '../../../image/index.ts';
import { libraryName } from '../elf/index.ts';

/** What a library is in the cache: flags of glibc's sysdeps/generic/ldconfig.h, for libraries of its version 6. */
const FLAGS: Readonly<Record<string, number>> = { amd64: 0x0303, arm64: 0x0a03 };
const MAGIC = 'glibc-ld.so.cache1.1';
const HEADER_BYTES = 48;
const ENTRY_BYTES = 24;
const LITTLE_ENDIAN = 2;

/** The folders that ldconfig(8) looks into when no file names more. */
const DEFAULT_FOLDERS = ['lib', 'usr/lib'];

/**
 * /etc/ld.so.cache as ldconfig would write it: each library of the folders of ld.so.conf by its soname. Python's
 * `ctypes.util.find_library` reads it through `ldconfig -p`. Source: glibc, sysdeps/generic/dl-cache.h, elf/cache.c.
 */
export function loaderCache(entries: readonly LayerEntry[], architecture: string): Uint8Array {
  const flags = FLAGS[architecture];
  if (flags === undefined) throw new Error(`no flags of the loader's cache are known for ${architecture}`);
  const libraries = librariesIn(entries).toSorted((a, b) => compareNames(b.soname, a.soname));
  const strings: string[] = [];
  let at = HEADER_BYTES + ENTRY_BYTES * libraries.length;
  const place = (text: string): number => {
    const here = at;
    strings.push(text);
    at += text.length + 1;
    return here;
  };
  const head = Buffer.alloc(at);
  head.write(MAGIC, 'latin1');
  head.writeUInt32LE(libraries.length, 20);
  head.writeUInt8(LITTLE_ENDIAN, 28);
  for (const [index, { soname, path }] of libraries.entries()) {
    const offset = HEADER_BYTES + ENTRY_BYTES * index;
    head.writeInt32LE(flags, offset);
    head.writeUInt32LE(place(soname), offset + 4);
    head.writeUInt32LE(place(path), offset + 8);
  }
  const text = Buffer.from(strings.map((one) => `${one}\0`).join(''), 'latin1');
  head.writeUInt32LE(text.length, 24);
  return Buffer.concat([head, text]);
}

interface Library {
  readonly soname: string;
  readonly path: string;
}

/** Files and links that are called as the library itself says (DT_SONAME), one for each name: the first folder wins. */
function librariesIn(entries: readonly LayerEntry[]): Library[] {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const found = new Map<string, Library>();
  for (const folder of foldersOf(byPath))
    for (const path of [...byPath.keys()].filter((one) => one.startsWith(`${folder}/`) && !one.slice(folder.length + 1).includes('/'))) {
      const name = path.slice(folder.length + 1);
      if (!/^(?:lib|ld-).*\.so(?:\.|$)/.test(name) || found.has(name)) continue;
      const content = contentAt(path, byPath);
      if (content && libraryName(content) === name) found.set(name, { soname: name, path: `/${path}` });
    }
  return [...found.values()];
}

/** Of /etc/ld.so.conf.d in the order of its files, then the defaults; where they lie with /usr merged. */
function foldersOf(byPath: ReadonlyMap<string, LayerEntry>): string[] {
  const files = [...byPath.keys()].filter((path) => /^etc\/ld\.so\.conf\.d\/[^/]+\.conf$/.test(path)).toSorted();
  const named = files.flatMap((path) => {
    const content = contentAt(path, byPath);
    return content ? Buffer.from(content).toString('latin1').split('\n') : [];
  });
  const folders = [...named.filter((line) => line.startsWith('/')).map((line) => line.trim().slice(1)), ...DEFAULT_FOLDERS];
  return [...new Set(folders.map((folder) => folder.replace(/^lib(?=\/|$)/, 'usr/lib')))];
}

/** Of a file, links followed. */
function contentAt(path: string, byPath: ReadonlyMap<string, LayerEntry>, hops = 8): Uint8Array | undefined {
  const entry = byPath.get(path);
  if (!entry || hops === 0) return undefined;
  if (entry.type === 'file') return entry.content instanceof Uint8Array ? entry.content : undefined;
  if (entry.type === 'hardlink') return contentAt(entry.target, byPath, hops - 1);
  return entry.type === 'symlink' ? contentAt(targetOf(path, entry.target), byPath, hops - 1) : undefined;
}

function targetOf(path: string, target: string): string {
  const parts = target.startsWith('/') ? [] : path.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/').replace(/^lib(?=\/)/, 'usr/lib');
}

/** glibc, elf/dl-cache.c, `_dl_cache_libcmp`: runs of digits are compared as numbers; the loader searches by this order. */
export function compareNames(a: string, b: string): number {
  const pieces = (text: string): string[] => text.match(/\d+|\D/g) ?? [];
  const [left, right] = [pieces(a), pieces(b)];
  for (let i = 0; i < left.length; i += 1) {
    const [x = '', y = ''] = [left[i], right[i]];
    const digits = [/^\d/.test(x), /^\d/.test(y)];
    if (digits[0] && digits[1]) {
      if (Number(x) !== Number(y)) return Number(x) - Number(y);
    } else if (digits[0] !== digits[1]) return digits[0] ? 1 : -1;
    else if (x !== y) return (x.codePointAt(0) ?? 0) - (y.codePointAt(0) ?? 0);
  }
  return left.length - right.length;
}
