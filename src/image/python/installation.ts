import type { ImageTree } from '../layer/flatten.ts';

/** A Python in an image: where it looks for modules, before any script's own folder. Paths are real, without a leading `/`. */
export interface Installation {
  readonly binary: string;
  /** `3.11` */
  readonly version: string;
  /** Folder of the standard library. */
  readonly standard: string;
  /** Folders that installers write to. */
  readonly site: readonly string[];
  /** The one of them that packages are to be installed to; it need not be there yet. */
  readonly install: string;
  /** The standard library's folders. */
  readonly library: readonly string[];
  /** Modules inside the interpreter itself. */
  readonly builtins: ReadonlySet<string>;
}

/** Modules that every CPython has inside and that export no `PyInit_` symbol under their own name: Python/pylifecycle.c, Modules/config.c.in. */
const CORE = [
  'sys',
  'builtins',
  '_imp',
  '_frozen_importlib',
  '_frozen_importlib_external',
  '_warnings',
  '_io',
  'marshal',
  'gc',
  '_thread',
  '_ast',
  '_tokenize',
  '_string',
  '_signal',
  '_weakref',
  '_abc',
  '_typing',
  '_tracemalloc',
  '_symtable',
  '__main__',
];

/**
 * The installation behind an interpreter. `written` is its path before links are followed: a virtual environment is known
 * by it. Undefined where no standard library is beside it. Source: PEP 405; CPython Modules/getpath.py; Debian Python Policy 2.5.
 */
export async function installationAt(tree: ImageTree, written: string): Promise<Installation | undefined> {
  const binary = tree.resolve(written);
  if (binary === undefined) return undefined;
  const prefix = parent(parent(binary));
  const version = versionOf(tree, binary, prefix);
  const standard = version === undefined ? undefined : standardLibrary(tree, prefix, version);
  if (version === undefined || standard === undefined) return undefined;
  const debian = prefix === 'usr' && (await isDebian(tree, standard));
  const system = debian
    ? [`usr/local/lib/python${version}/dist-packages`, 'usr/lib/python3/dist-packages', `usr/lib/python${version}/dist-packages`]
    : LIBRARIES.map((lib) => join(prefix, `${lib}/python${version}/site-packages`));
  const environment = await virtualEnvironment(tree, parent(parent(written)));
  const own = environment === undefined ? [] : [join(environment.root, `lib/python${version}/site-packages`)];
  const all = [...own, ...(environment && !environment.system ? [] : system)];
  const folders = all.flatMap((path) => tree.resolve(path) ?? []);
  return {
    binary,
    version,
    standard,
    install: all[0] ?? '',
    site: [...new Set([...folders, ...(await pathFiles(tree, folders))])],
    library: [standard, `${standard}/lib-dynload`],
    builtins: await builtinsOf(tree, binary, version),
  };
}

const parent = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const join = (folder: string, path: string): string => (folder === '' ? path : `${folder}/${path}`);

/** Fedora and its kin keep what is compiled in `lib64`, and look for packages in both: CPython's --with-platlibdir. */
const LIBRARIES = ['lib', 'lib64'] as const;

function standardLibrary(tree: ImageTree, prefix: string, version: string): string | undefined {
  const folders = LIBRARIES.flatMap((lib) => tree.resolve(join(prefix, `${lib}/python${version}`)) ?? []);
  return folders.find((folder) => ['os.py', 'os.pyc'].some((name) => tree.entries.has(`${folder}/${name}`)));
}

/** Debian's `site` looks for packages in folders of another name. What lies in /usr and says nothing is taken for Debian's. */
async function isDebian(tree: ImageTree, standard: string): Promise<boolean> {
  if (tree.resolve(`${standard}/site.py`) === undefined) return true;
  return Buffer.from(await tree.read(`${standard}/site.py`)).includes('dist-packages');
}

function versionOf(tree: ImageTree, binary: string, prefix: string): string | undefined {
  const named = /python(3\.\d+)$/.exec(binary)?.[1];
  if (named !== undefined) return named;
  const pattern = new RegExp(String.raw`^${prefix}/lib(?:64)?/python(3\.\d+)/os\.pyc?$`);
  return [...tree.entries.keys()].map((path) => pattern.exec(path)?.[1]).find((it) => it !== undefined);
}

async function virtualEnvironment(tree: ImageTree, root: string): Promise<{ readonly root: string; readonly system: boolean } | undefined> {
  const file = join(root, 'pyvenv.cfg');
  if (tree.resolve(file) === undefined) return undefined;
  const text = Buffer.from(await tree.read(file)).toString('utf8');
  return { root, system: /^\s*include-system-site-packages\s*=\s*true\s*$/im.test(text) };
}

/** Folders that `.pth` files add: Python, `site`. Their `import` lines run code, which nothing here does. */
async function pathFiles(tree: ImageTree, folders: readonly string[]): Promise<string[]> {
  const added: string[] = [];
  for (const path of tree.entries.keys()) {
    const folder = folders.find((it) => path.startsWith(`${it}/`) && !path.slice(it.length + 1).includes('/'));
    if (folder === undefined || !path.endsWith('.pth') || tree.resolve(path) === undefined) continue;
    for (const line of Buffer.from(await tree.read(path))
      .toString('utf8')
      .split(/\r?\n/)) {
      const text = line.trimEnd();
      if (text === '' || text.startsWith('#') || /^import[ \t]/.test(text)) continue;
      const real = tree.resolve(text.startsWith('/') ? text : `${folder}/${text}`);
      if (real !== undefined) added.push(real);
    }
  }
  return added;
}

/** The interpreter, or its library, exports `PyInit_NAME` for each module that it has inside. */
async function builtinsOf(tree: ImageTree, binary: string, version: string): Promise<ReadonlySet<string>> {
  const shared = [...tree.entries.keys()].filter((path) => path.endsWith(`/libpython${version}.so.1.0`));
  const found = new Set(CORE);
  for (const path of [binary, ...shared]) {
    const text = Buffer.from(await tree.read(path)).toString('latin1');
    for (const [, name] of text.matchAll(/\0PyInit_([A-Za-z_]\w*)(?=\0)/g)) if (name !== undefined) found.add(name);
  }
  return found;
}
