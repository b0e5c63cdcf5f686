import type { ImageTree, Installation } from '../../image/index.ts';

/** A module as the import system finds it. */
export interface Found {
  readonly name: string;
  readonly kind: 'source' | 'bytecode' | 'extension' | 'builtin' | 'namespace';
  /** Real path; absent for `builtin` and `namespace`. */
  readonly path?: string;
  /** Where its submodules are looked for; absent for what is no package. */
  readonly folders?: readonly string[];
  /** Belongs to the application: in none of the folders of the standard library and of installers. */
  readonly own: boolean;
}

export interface Modules {
  /** A top-level module or, below a package, a submodule; undefined when there is none. */
  find(name: string, parent?: Found): Found | undefined;
  readonly path: readonly string[];
}

/** By OCI architecture: CPython's configure, PLATFORM_TRIPLET. */
const PLATFORM: Readonly<Record<string, string>> = { amd64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

/**
 * Finds modules as CPython's path finder does, folder by folder: a package, then an extension module, source, byte code;
 * folders without `__init__` together are a namespace package. `first` are the folders before the installation's own.
 * Source: importlib.machinery, PathFinder and FileFinder; PEP 420.
 */
export function modulesOf(tree: ImageTree, installation: Installation, architecture: string, first: readonly string[]): Modules {
  const own = [...new Set(first.flatMap((path) => tree.resolve(path) ?? []))];
  const path = [...own, ...installation.library, ...installation.site];
  const isOwn = (folder: string): boolean => !installation.library.includes(folder) && !installation.site.includes(folder);
  const suffixes = suffixesOf(installation.version, architecture);
  const known = new Map<string, Found | undefined>();

  const inFolder = (folder: string, name: string, leaf: string, ownFolder: boolean): Found | string | undefined => {
    const at = `${folder}/${leaf}`;
    const isFolder = tree.entries.get(tree.resolve(at) ?? '')?.record.type === 'directory';
    if (isFolder)
      for (const [suffix, kind] of suffixes) {
        const init = tree.resolve(`${at}/__init__${suffix}`);
        if (init !== undefined) return { name, kind, path: init, folders: [at], own: ownFolder };
      }
    for (const [suffix, kind] of suffixes) {
      const file = tree.resolve(`${at}${suffix}`);
      if (file !== undefined && tree.entries.get(file)?.record.type !== 'directory') return { name, kind, path: file, own: ownFolder };
    }
    return isFolder ? at : undefined;
  };
  const search = (name: string, leaf: string, folders: readonly string[], ownOf: (folder: string) => boolean): Found | undefined => {
    const portions: string[] = [];
    for (const folder of folders) {
      const found = inFolder(folder, name, leaf, ownOf(folder));
      if (typeof found === 'object') return found;
      if (found !== undefined) portions.push(found);
    }
    return portions.length > 0
      ? { name, kind: 'namespace', folders: portions, own: portions.every((it) => ownOf(it.slice(0, it.lastIndexOf('/')))) }
      : undefined;
  };
  return {
    path,
    find(name, parent) {
      const full = parent ? `${parent.name}.${name}` : name;
      if (known.has(full)) return known.get(full);
      const found = parent
        ? search(full, name, parent.folders ?? [], () => parent.own)
        : installation.builtins.has(name)
          ? ({ name, kind: 'builtin', own: false } as const)
          : search(full, name, path, isOwn);
      known.set(full, found);
      return found;
    },
  };
}

function suffixesOf(version: string, architecture: string): readonly (readonly [string, 'extension' | 'source' | 'bytecode'])[] {
  const tag = `cpython-${version.replace('.', '')}`;
  const platform = PLATFORM[architecture];
  const tagged = platform === undefined ? [] : [`.${tag}-${platform}.so`];
  return [...[...tagged, '.abi3.so', '.so'].map((suffix) => [suffix, 'extension'] as const), ['.py', 'source'], ['.pyc', 'bytecode']];
}
