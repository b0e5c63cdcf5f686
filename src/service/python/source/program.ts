import { moduleOf, type Module, type Syntax } from './module.ts';
import type { Expression, ImportBinding } from './tree.ts';

/** The Python files of a repository, parsed. */
export interface Sources {
  readonly paths: readonly string[];
  /** Folders that hold packages of the repository's own, each as the interpreter's path has it. */
  readonly packages: readonly string[];
  has(path: string): boolean;
  text(path: string): string;
  module(path: string): Module;
}

/** `syntax` is what was made of a file's text. Files below `packages` that lie outside are reached by imports alone. */
export function sourcesOf(
  files: ReadonlyMap<string, { readonly text: string; readonly syntax: Syntax }>,
  packages: readonly string[] = [],
): Sources {
  const modules = new Map([...files].map(([path, { text, syntax }]) => [path, moduleOf(path, text, syntax)]));
  return {
    paths: [...files.keys()].filter((path) => !path.startsWith('../')).toSorted(),
    packages,
    has: (path) => files.has(path),
    text: (path) => files.get(path)?.text ?? '',
    module: (path) => modules.get(path) ?? moduleOf(path, '', { body: [] }),
  };
}

/** Sources as one interpreter sees them: with the folder that is first on its path. */
export interface Program {
  readonly sources: Sources;
  /** Relative to the repository; empty for the repository itself. */
  readonly root: string;
  /** The file of a module, by its dotted name. */
  pathOf(module: string): string | undefined;
  nameOf(path: string): string;
  /** The dotted name that an expression stands for, imports followed: `os.environ.get`, `app.config.settings`. */
  qualify(expression: Expression, module: Module): string | undefined;
  /** The local module that a dotted name begins with, and what is left: `app.config.settings` → app/config.py, `settings`. */
  locate(dotted: string): { readonly module: Module; readonly rest: string } | undefined;
  /** The absolute module that an import names. */
  target(binding: ImportBinding, module: Module): string;
}

export function programAt(sources: Sources, root: string): Program {
  // A src layout is importable beside the root itself: packaging.python.org, "src layout vs flat layout".
  const roots = [...new Set([root, 'src', ...sources.packages, ''])];
  const nameOf = (path: string): string => moduleName(path, roots.find((r) => r === '' || path.startsWith(`${r}/`)) ?? '');
  const bindingsByModule = new Map<Module, Map<string, string>>();
  const pathOf = (module: string): string | undefined => {
    const tail = module.replaceAll('.', '/');
    for (const r of roots)
      for (const candidate of [`${tail}.py`, `${tail}/__init__.py`]) {
        const path = r === '' ? candidate : `${r}/${candidate}`;
        if (sources.has(path)) return path;
      }
    return undefined;
  };
  const target = (binding: ImportBinding, module: Module): string => {
    if (binding.level === 0) return binding.module;
    const parts = nameOf(module.path).split('.').filter(Boolean);
    const kept = parts.slice(0, parts.length - binding.level + (module.isPackage ? 1 : 0));
    return [...kept, ...binding.module.split('.').filter(Boolean)].join('.');
  };
  const boundNames = (module: Module): Map<string, string> => {
    const known = bindingsByModule.get(module);
    if (known) return known;
    const names = new Map<string, string>();
    for (const b of module.bindings) {
      const from = target(b, module);
      if (b.name === '*') for (const name of starNames(from)) names.set(name, `${from}.${name}`);
      else if (b.name !== undefined) names.set(b.as, from === '' ? b.name : `${from}.${b.name}`);
      else names.set(b.as, b.as === b.module.split('.')[0] ? b.as : b.module);
    }
    bindingsByModule.set(module, names);
    return names;
  };
  const starNames = (from: string): readonly string[] => {
    const path = pathOf(from);
    return path ? [...sources.module(path).defined].filter((n) => !n.startsWith('_')) : [];
  };
  const qualify = (e: Expression, module: Module): string | undefined => {
    if (e.kind === 'name') {
      const bound = boundNames(module).get(e.name);
      if (bound !== undefined) return bound;
      const own = nameOf(module.path);
      return module.defined.has(e.name) && own !== '' ? `${own}.${e.name}` : e.name;
    }
    if (e.kind !== 'attribute') return undefined;
    const object = qualify(e.object, module);
    return object === undefined ? undefined : `${object}.${e.name}`;
  };
  const locate: Program['locate'] = (dotted) => follow(dotted, 0);
  const follow = (dotted: string, hops: number): ReturnType<Program['locate']> => {
    const parts = dotted.split('.');
    for (let n = parts.length; n > 0; n -= 1) {
      const path = pathOf(parts.slice(0, n).join('.'));
      if (path === undefined) continue;
      const module = sources.module(path);
      const [head, ...rest] = parts.slice(n);
      // A name that the module itself imports: `from .app import create_app` in `__init__.py`. Eight hops end any cycle.
      const via = head !== undefined && !module.defined.has(head) && hops < 8 ? boundNames(module).get(head) : undefined;
      const next = via === undefined ? undefined : follow([via, ...rest].join('.'), hops + 1);
      return next ?? { module, rest: parts.slice(n).join('.') };
    }
    return undefined;
  };
  return { sources, root, pathOf, nameOf, qualify, locate, target };
}

/** `src/app/main.py` below `src` is `app.main`. Empty for `__init__.py` at the root. */
export function moduleName(path: string, root: string): string {
  const below = root === '' ? path : path.slice(root.length + 1);
  const parts = below.replace(/\.py$/, '').split('/');
  return (parts.at(-1) === '__init__' ? parts.slice(0, -1) : parts).join('.');
}

/**
 * The folder from which a file's imports resolve best: what must be first on the interpreter's path.
 * Without any local import: the folder above its topmost package, and the repository itself for a plain sub-folder.
 */
export function rootOf(path: string, sources: Sources): string {
  const module = sources.module(path);
  const folders = foldersAbove(path);
  const absolute = module.bindings.filter((b) => b.level === 0).map((b) => b.module);
  const deepest = Math.max(0, ...module.bindings.map((b) => b.level - (module.isPackage ? 1 : 0)));
  const preferred = preferredRoot(path, folders, sources);
  let best = preferred;
  let bestScore = scoreOf(preferred);
  for (const folder of folders) {
    const score = scoreOf(folder);
    if (score > bestScore) [best, bestScore] = [folder, score];
  }
  return best;

  function scoreOf(root: string): number {
    // A relative import needs that many packages above the file.
    const depth = moduleName(path, root).split('.').length;
    if (deepest > 0 && depth <= deepest) return -1;
    return absolute.filter((m) => isModuleBelow(root, m, sources)).length;
  }
}

/** The folders above a file, nearest first; the last is the repository. */
function foldersAbove(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return [...parts.map((_, i) => parts.slice(0, parts.length - i).join('/')), ''];
}

function preferredRoot(path: string, folders: readonly string[], sources: Sources): string {
  const inPackage = (folder: string): boolean => folder !== '' && sources.has(`${folder}/__init__.py`);
  const above = folders.find((folder) => !inPackage(folder)) ?? '';
  if (above !== folders[0] || above === 'src' || above.endsWith('/src')) return above;
  // No package at all: a namespace package below the repository, when its folders are identifiers.
  return path
    .split('/')
    .slice(0, -1)
    .every((p) => /^[A-Za-z_]\w*$/.test(p))
    ? ''
    : above;
}

function isModuleBelow(root: string, module: string, sources: Sources): boolean {
  const tail = module.replaceAll('.', '/');
  const path = root === '' ? tail : `${root}/${tail}`;
  return sources.has(`${path}.py`) || sources.has(`${path}/__init__.py`) || sources.paths.some((p) => p.startsWith(`${path}/`));
}
