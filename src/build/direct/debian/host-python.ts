import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { EnvironmentError } from '../../../base/index.ts';
import type { LayerEntry } from '../../../image/index.ts';
import type { LockedPackage } from '../../types.ts';
import { assembleBase, assembleInterpreter, baseKey, interpreterKey, type Assembly } from './assemble.ts';
import { mergedPath } from './merge-usr.ts';
import type { DebianJob } from './resolve.ts';

/** Debian's interpreter, unpacked so that it runs on this machine. */
export interface DebianPython {
  /** The root that it lies in. */
  readonly folder: string;
  /** The loader with its arguments, and the interpreter: Python's own arguments follow. */
  readonly argv: readonly [string, ...string[]];
}

/** Where libc6 has the dynamic loader, by Debian's name of the architecture; the libraries lie beside it. */
const loaders: Readonly<Record<string, string>> = {
  amd64: 'usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2',
  arm64: 'usr/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1',
};

/** Debian's name of this machine's architecture, where its packages can run; undefined elsewhere. */
export function hostArchitecture(): 'amd64' | 'arm64' | undefined {
  if (platform() !== 'linux') return undefined;
  return arch() === 'x64' ? 'amd64' : arch() === 'arm64' ? 'arm64' : undefined;
}

/**
 * The interpreter of `packages` (resolved for `hostArchitecture`), unpacked once into the store. It runs through its own
 * loader with its own libraries, so the host's C library does not matter; its children do not inherit the loader.
 * Throws EnvironmentError on machines that cannot run Debian's programs.
 */
export async function pythonForHost(packages: readonly LockedPackage[], python: string, job: DebianJob): Promise<DebianPython> {
  const host = hostArchitecture();
  const loader = loaders[host ?? ''];
  if (loader === undefined || packages[0]?.for !== host)
    throw new EnvironmentError(
      `Debian's Python for ${packages[0]?.for} cannot run on this machine (${platform()} ${arch()})`,
      `put Python ${python} on PATH, or build with \`--no-bytecode\``,
    );
  const assembly: Assembly = { packages, python, user: { uid: 65534, gid: 65534, name: 'nobody' } };
  const key = `${baseKey(assembly).slice(0, 32)}${interpreterKey(assembly).slice(0, 32)}`;
  const folder = await job.store.folder('debian-python', key, async (temporary) => {
    const entries = [...(await assembleBase(assembly, job)), ...(await assembleInterpreter(assembly, job))];
    await unpack(
      entries.filter((entry) => entry.path.startsWith('usr/')),
      temporary,
    );
  });
  const libraries = join(folder, dirname(loader));
  return {
    folder,
    argv: [join(folder, loader), '--inhibit-cache', '--library-path', libraries, join(folder, 'usr/bin', `python${python}`)],
  };
}

/** Writes entries to disk as this user; links to absolute paths become links inside the folder. */
async function unpack(entries: readonly LayerEntry[], root: string): Promise<void> {
  const made = new Set<string>();
  for (const entry of entries) {
    const path = join(root, entry.path);
    const parent = entry.type === 'directory' ? path : dirname(path);
    if (!made.has(parent)) await mkdir(parent, { recursive: true });
    made.add(parent);
    if (entry.type === 'symlink') await symlink(linkInside(entry.path, entry.target), path);
    else if (entry.type === 'hardlink') await symlink(linkInside(entry.path, `/${entry.target}`), path);
    else if (entry.type === 'file' && entry.content instanceof Uint8Array)
      await writeFile(path, entry.content, { mode: 0o644 | (entry.mode & 0o111) });
  }
}

const linkInside = (path: string, target: string): string =>
  target.startsWith('/') ? relative(dirname(`/${path}`), `/${mergedPath(target.slice(1))}`) : target;
