import { setImmediate as breathe } from 'node:timers/promises';
import type { ImageTree } from '../../image/index.ts';
import { importsOf, type ImportLine } from './import-lines.ts';
import type { Found, Modules } from './modules.ts';

/** What the walk starts from. */
export type Root =
  /** Imported by name; `started`: run as `__main__`. */
  | { readonly kind: 'module'; readonly module: string; readonly started: boolean; readonly because: string }
  /** A script, at its real path. */
  | { readonly kind: 'script'; readonly file: string; readonly because: string };

/** An import that fails when the service starts. */
export interface Missing {
  readonly module: string;
  /** `/app/main.py:3`, or what asks for a root. */
  readonly by: string;
  /** In the application's own code. */
  readonly own: boolean;
  readonly why: string;
}

export interface ImportGraph {
  readonly missing: readonly Missing[];
  /** Extension modules that are loaded, with the module that imports each. */
  readonly extensions: ReadonlyMap<string, string>;
  /** Names of all modules that are imported. */
  readonly modules: ReadonlySet<string>;
  /** Sources read; of those, the application's own. */
  readonly sources: number;
  readonly own: ReadonlySet<string>;
  /** Imports that were not followed, because they may fail or may never run. */
  readonly guarded: number;
}

interface Source {
  readonly text: string;
  readonly lines: readonly ImportLine[];
}

/** Code that makes modules by itself: what it will have cannot be told from files. */
const DYNAMIC = /sys\.modules|__path__\s*(?:=|\+=|\[[^\]]*\]\s*=|\.(?:append|extend|insert))|extend_path|meta_path|path_hooks|importlib/;
/** Code that puts folders on the module search path. */
const ADDS_PATH = /\bsys\.path\s*(?:=[^=]|\+=|\[[^\]]*\]\s*=|\.(?:append|extend|insert))|\bsite\.addsitedir\b/;
/** Code that binds names in ways that its text does not show. */
const BINDS_UNSEEN = /import\s*\(?\s*\*|__getattr__|globals\s*\(|\bvars\s*\(|setattr|\bexec\s*\(/;

/**
 * Follows every import that runs when the roots are imported: unguarded, at module level, through the application, its
 * dependencies and the standard library. What is guarded, in functions or made at run time is counted, never judged.
 */
export async function walkImports(roots: readonly Root[], modules: Modules, tree: ImageTree): Promise<ImportGraph> {
  const missing = new Map<string, Missing>();
  const extensions = new Map<string, string>();
  const own = new Set<string>();
  const sources = new Map<string, Source>();
  const visited = new Set<string>();
  const imported = new Set<string>();
  const queue: { readonly found: Found; readonly started: boolean }[] = [];
  let guarded = 0;

  const read = async (path: string): Promise<Source> => {
    const known = sources.get(path);
    if (known) return known;
    const text = Buffer.from(await tree.read(path)).toString('latin1');
    const source = { text, lines: importsOf(text) };
    sources.set(path, source);
    if (sources.size % 16 === 0) await breathe(); // containers are being timed meanwhile
    return source;
  };
  const visit = (found: Found, by: string, started = false): void => {
    const key = `${found.path ?? found.name}${started ? ' started' : ''}`;
    if (visited.has(key)) return;
    visited.add(key);
    imported.add(found.name);
    if (found.kind === 'extension' && found.path !== undefined) extensions.set(found.path, by);
    if (found.kind === 'source') queue.push({ found, started });
  };
  const isDynamic = async (found: Found): Promise<boolean> =>
    found.kind === 'source' && found.path !== undefined ? DYNAMIC.test((await read(found.path)).text) : found.kind !== 'namespace';
  const report = (module: string, by: string, isOwn: boolean, why: string): void =>
    void (missing.has(module) || missing.set(module, { module, by, own: isOwn, why }));

  /** Imports `a.b.c` from the left; undefined when a part is missing, or cannot be told from files. */
  const importModule = async (dotted: string, by: string, isOwn: boolean, started = false): Promise<Found | undefined> => {
    let found: Found | undefined;
    const parts = dotted.split('.');
    for (const [index, part] of parts.entries()) {
      const next = modules.find(part, found);
      if (!next) {
        const alias = index === 0 ? modules.find('setuptools') : undefined;
        // setuptools stands in for it since Python 3.12: setuptools, _distutils_hack.
        if (part === 'distutils' && alias) return undefined;
        if (found && (await isDynamic(found))) return undefined;
        if (!found && isOnAddedPath(part)) return undefined;
        const full = parts.slice(0, index + 1).join('.');
        report(full, by, isOwn, found ? `\`${found.name}\` has no module \`${part}\`` : `no module \`${part}\` is in the image`);
        return undefined;
      }
      found = next;
      visit(found, by, started && index === parts.length - 1);
    }
    return found;
  };
  /**
   * Code may put folders on the path itself: an application any folder of the image, a package its own (setuptools and its
   * `_vendor`). Then a module of that name below them is enough.
   */
  const isOnAddedPath = (name: string): boolean => {
    const adders = [...sources].filter(([, { text }]) => ADDS_PATH.test(text)).map(([path]) => path);
    const below = adders.flatMap((path) => (own.has(path) ? [''] : packageFolder(path, modules)));
    const ends = [`/${name}.py`, `/${name}/__init__.py`, `/${name}.so`];
    // A folder without `__init__.py` is a package too (PEP 420): taken at its word only inside of one package.
    const holds = (folder: string, path: string): boolean =>
      path.startsWith(folder) && (ends.some((end) => path.endsWith(end)) || (folder !== '' && path.includes(`/${name}/`)));
    return below.some((folder) => [...tree.entries.keys()].some((path) => holds(folder, path)));
  };

  const follow = async (line: ImportLine, importer: Found): Promise<void> => {
    const by = `/${importer.path ?? importer.name}:${line.line}`;
    const target = line.level === 0 ? line.module : relativeTarget(line, importer);
    if (target === undefined)
      return report(
        `${'.'.repeat(line.level)}${line.module}`,
        by,
        importer.own,
        'a relative import that leaves its package, or that is in no package',
      );
    const found = await importModule(target, by, importer.own);
    if (!found) return;
    for (const name of line.names) if (name !== '*') await followName(name, found, importer, by);
  };
  /** `from package import name`: an attribute of the package, else a submodule. */
  const followName = async (name: string, from: Found, importer: Found, by: string): Promise<void> => {
    const text = from.kind === 'source' && from.path !== undefined ? (await read(from.path)).text : undefined;
    const submodule = from.folders ? modules.find(name, from) : undefined;
    if (submodule) {
      const bound =
        text !== undefined &&
        from.path !== importer.path &&
        new RegExp(String.raw`^\s*(?:def|class)?\s*${name}\b\s*[=:(]|\bas\s+${name}\b`, 'm').test(text);
      if (!bound) visit(submodule, by);
      return;
    }
    const isNamespace = from.kind === 'namespace';
    const cannotBind =
      text !== undefined &&
      from.own &&
      importer.own &&
      !BINDS_UNSEEN.test(text) &&
      !DYNAMIC.test(text) &&
      !new RegExp(String.raw`\b${name}\b`).test(text);
    if (isNamespace || cannotBind) report(`${from.name}.${name}`, by, importer.own, `\`${from.name}\` has no \`${name}\``);
  };

  for (const root of roots) {
    if (root.kind === 'script')
      visit({ name: '__main__', kind: 'source', path: root.file, own: !isInstalled(root.file, modules) }, root.because, true);
    else await importRoot(root.module, root.because, root.started);
  }
  async function importRoot(module: string, because: string, started: boolean): Promise<void> {
    if (started && !isFound(module, modules)) return; // the gate `start-command` says so
    const found = await importModule(module, because, true, started);
    // `python -m package` runs its `__main__`.
    if (started && found?.folders) await importModule(`${module}.__main__`, because, true, true);
  }
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { found, started } = next;
    const source = await read(found.path!);
    if (found.own) own.add(found.path!);
    for (const line of source.lines) {
      if (line.guarded === 'yes' || (line.guarded === 'main' && !started)) guarded += 1;
      else await follow(line, found);
    }
    if (!found.own) continue;
    // Django imports the settings that this names: django.conf, ENVIRONMENT_VARIABLE.
    for (const [, module] of source.text.matchAll(/DJANGO_SETTINGS_MODULE['"]\s*(?:,|\]\s*=)\s*['"]([A-Za-z_][\w.]*)['"]/g))
      if (module !== undefined) await importRoot(module, `/${found.path ?? ''} (DJANGO_SETTINGS_MODULE)`, false);
  }
  return { missing: [...missing.values()], extensions, modules: imported, sources: sources.size, own, guarded };
}

function isFound(dotted: string, modules: Modules): boolean {
  let found: Found | undefined;
  for (const part of dotted.split('.')) if (!(found = modules.find(part, found))) return false;
  return true;
}

const isInstalled = (file: string, { path }: Modules): boolean =>
  path.some((folder) => /(site|dist)-packages$/.test(folder) && file.startsWith(`${folder}/`)) || /(^|\/)bin\/[^/]+$/.test(file);

/** `…/site-packages/setuptools/` of a file of that package; nothing for a file that is in none. */
function packageFolder(file: string, { path }: Modules): readonly string[] {
  const site = path.find((folder) => /(site|dist)-packages$/.test(folder) && file.startsWith(`${folder}/`));
  const top = site === undefined ? undefined : /^[^/]+\//.exec(file.slice(site.length + 1))?.[0];
  return top === undefined ? [] : [`${site}/${top}`];
}

/** The absolute name of a relative import; undefined when there is none: Language Reference, 5.7. */
function relativeTarget(line: ImportLine, importer: Found): string | undefined {
  const parts = importer.name.split('.');
  const isPackage = importer.folders !== undefined;
  const up = line.level - (isPackage ? 1 : 0);
  if (importer.name === '__main__' || up >= parts.length) return undefined;
  return [...parts.slice(0, parts.length - up), ...(line.module === '' ? [] : [line.module])].join('.');
}
