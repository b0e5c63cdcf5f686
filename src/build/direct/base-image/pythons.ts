import { normalizedName } from '../../../base/index.ts';
import { installationAt, packagesOf, type ImageConfig, type ImageTree, type Installation } from '../../../image/index.ts';
import { libcOf, type Libc } from './libc.ts';

/** A Python in a base image. Paths are without a leading `/`. */
export interface BasePython {
  /** Two paths with the same one start the same Python with the same packages. */
  readonly key: string;
  /** As it is found on PATH: links are not followed, so that a virtual environment is one. */
  readonly path: string;
  readonly binary: string;
  /** Full where it is known, `3.12.7`, else `3.12`. */
  readonly version: string;
  readonly minor: string;
  /** Where packages are installed to. */
  readonly install: string;
  /** What is installed there, by name (PEP 503): the folder of its metadata. */
  readonly distributions: Readonly<Record<string, string>>;
  /** The folder of its standard library. */
  readonly standard: string;
  /** The C library and its loader; absent where they are not known. */
  readonly libc?: Libc;
  readonly loader?: string;
}

/** Docker's default where an image sets none. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** PATH as the image sets it. */
export const pathOf = (config: ImageConfig): string =>
  (config.config?.Env ?? []).find((it) => it.startsWith('PATH='))?.slice('PATH='.length) ?? DEFAULT_PATH;

/**
 * All Pythons of an image, in the order of PATH, then of the usual places; each once. Nothing is run: what has a standard
 * library beside it is one.
 */
export async function pythonsIn(tree: ImageTree, config: ImageConfig): Promise<readonly BasePython[]> {
  const onPath = pathOf(config)
    .split(':')
    .filter((folder) => folder.startsWith('/'));
  const folders = [...onPath, '/usr/local/bin', '/usr/bin'].map((folder) => folder.replace(/^\/+|\/+$/g, ''));
  const all = [...tree.entries.keys()].filter(
    (path) => NAMES.test(path.slice(path.lastIndexOf('/') + 1)) && /(^|\/)bin\/[^/]+$/.test(path),
  );
  const paths = [...folders.flatMap((folder) => namesIn(tree, folder)), ...all];
  const found = new Map<string, BasePython>();
  for (const path of new Set(paths)) {
    const installation = await installationAt(tree, path);
    if (!installation) continue;
    const key = keyOfInstallation(installation);
    if (!found.has(key)) found.set(key, await pythonOf(tree, config, path, installation));
  }
  return [...found.values()];
}

export const keyOfInstallation = ({ binary, install }: Installation): string => `${binary} ${install}`;

const NAMES = /^python(3(\.\d+)?)?$/;

/** `python3` before `python` before those with a version, newest first: what people type comes first. */
function namesIn(tree: ImageTree, folder: string): string[] {
  const real = tree.resolve(folder) ?? folder;
  const versions = [...tree.entries.keys()]
    .filter((path) => path.startsWith(`${real}/python3.`))
    .map((path) => path.slice(real.length + 1))
    .filter((name) => NAMES.test(name))
    .toSorted((a, b) => Number(b.slice('python3.'.length)) - Number(a.slice('python3.'.length)));
  return ['python3', 'python', ...versions].map((name) => `${folder}/${name}`).filter((path) => tree.resolve(path) !== undefined);
}

async function pythonOf(tree: ImageTree, config: ImageConfig, path: string, installation: Installation): Promise<BasePython> {
  const { binary, version: minor, standard } = installation;
  const install = realPath(tree, installation.install);
  return {
    key: keyOfInstallation(installation),
    path,
    binary,
    minor,
    version: (await fullVersion(tree, config, installation)) ?? minor,
    install,
    distributions: distributionsIn(tree.entries.keys(), install),
    standard,
    ...(await libcOf(tree, binary)),
  };
}

/** By name, as PEP 503 normalizes it, the folders of metadata (PEP 376) among the paths in a folder of packages. */
export function distributionsIn(paths: Iterable<string>, folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const path of paths) {
    const [, metadata = '', name] =
      /^(([^/]+?)-[^/-]+\.dist-info)\/METADATA$/.exec(path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : '') ?? [];
    if (name !== undefined) found[normalizedName(name)] = metadata;
  }
  return found;
}

/** With the links on the way followed, as far as it is there: a layer must not put a folder in place of a link. */
function realPath(tree: ImageTree, path: string): string {
  const parts = path.split('/');
  for (let count = parts.length; count > 0; count -= 1) {
    const real = tree.resolve(parts.slice(0, count).join('/'));
    if (real !== undefined) return [real, ...parts.slice(count)].join('/');
  }
  return path;
}

/** The package that it came in, what the image says of it, its header, or what stands in the program; in this order. */
async function fullVersion(tree: ImageTree, config: ImageConfig, { binary, version: minor }: Installation): Promise<string | undefined> {
  const release = new RegExp(String.raw`^${minor.replace('.', String.raw`\.`)}\.\d+(?:(?:a|b|rc)\d+)?`);
  const plain = (text: string | undefined): string | undefined => release.exec(text ?? '')?.[0];
  const inUsr = binary.startsWith('usr/bin/');
  const packages = inUsr ? (await packagesOf(tree)).packages : [];
  const owners = [`python${minor}-minimal`, `python${minor}`, 'python3'].flatMap((name) =>
    packages.filter((it) => it.ecosystem !== 'python' && it.name === name),
  );
  const fromPackage = owners.map((it) => plain(it.version)).find((it) => it !== undefined);
  if (fromPackage !== undefined || inUsr) return fromPackage ?? inProgram(tree, binary, minor);
  const variable = (config.config?.Env ?? []).find((it) => it.startsWith('PYTHON_VERSION='))?.slice('PYTHON_VERSION='.length);
  const header = `${binary.replace(/\/bin\/[^/]*$/, '')}/include/python${minor}/patchlevel.h`;
  const text = tree.resolve(header) === undefined ? '' : Buffer.from(await tree.read(header)).toString('utf8');
  return plain(variable) ?? plain(/^#define PY_VERSION\s+"([^"]+)"/m.exec(text)?.[1]) ?? inProgram(tree, binary, minor);
}

async function inProgram(tree: ImageTree, binary: string, minor: string): Promise<string | undefined> {
  const pattern = new RegExp(String.raw`\0(${minor.replace('.', String.raw`\.`)}\.\d+(?:(?:a|b|rc)\d+)?)\+?\0`);
  return pattern.exec(Buffer.from(await tree.read(binary)).toString('latin1'))?.[1];
}
