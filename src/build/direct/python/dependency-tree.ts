import { closeSync, openSync, readSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { byPath } from '../../../base/index.ts';
import type { Content, LayerEntry } from '../../../image/index.ts';
import { isElf, stripDebug } from '../elf/index.ts';
import { compileSources } from './bytecode.ts';
import type { HostPython } from './host-python.ts';
import { updateRecord } from './record.ts';

export interface TreeJob {
  /** The folder that the installer filled. */
  readonly target: string;
  readonly place: InstallPlace;
  readonly stripDebug: boolean;
  /** Absent: no byte code. */
  readonly compileWith?: HostPython;
}

interface Installed {
  /** Relative to the target folder. */
  readonly path: string;
  readonly executable: boolean;
  /** Of a file that may have to be changed; the others are read when the layer is written. */
  content: Content;
}

/** Where dependencies go in the image, so that its Python finds them. */
export interface InstallPlace {
  /** The folder of packages, without a leading `/`: three folders below that of `scripts`' own. */
  readonly packages: string;
  /** The folder of console scripts, without a leading `/`. */
  readonly scripts: string;
  /** The absolute path of the interpreter, for the first line of console scripts. */
  readonly interpreter: string;
}

/** Where Debian's Python looks for what its administrator installed: site.getsitepackages(), first entry. */
export const debianPlace = (pythonVersion: string): InstallPlace => ({
  packages: `usr/local/lib/python${pythonVersion}/dist-packages`,
  scripts: 'usr/local/bin',
  interpreter: `/usr/bin/python${pythonVersion}`,
});

/** What differs from one installation to the next, or says how it was installed: never part of an image. */
const LEFT_OUT = /(^|\/)(\.lock|CACHEDIR\.TAG|\.gitignore)$|\.dist-info\/(REQUESTED|direct_url\.json|uv_cache\.json|uv_build\.json)$/;

/** The dependency layer's entries: packages and console scripts, each at its place. */
export async function dependencyEntries(job: TreeJob): Promise<LayerEntry[]> {
  if (job.compileWith) await compileSources(job.compileWith, await sourcesOf(job));
  const files = await readTree(job.target);
  const { packages, scripts, interpreter } = job.place;
  const changed = new Map<string, { path?: string; bytes?: Uint8Array }>();
  for (const file of files) {
    const { content: before } = file;
    if (!(before instanceof Uint8Array)) continue;
    const isScript = file.path.startsWith('bin/');
    const stripped = job.stripDebug && isElf(before) ? stripDebug(before) : before;
    const bytes = isScript ? withShebang(stripped, interpreter) : stripped;
    file.content = bytes;
    if (bytes !== before || isScript) changed.set(file.path, { bytes, ...(isScript ? { path: `../../../${file.path}` } : {}) });
  }
  for (const file of files)
    if (isRecord(file.path) && file.content instanceof Uint8Array) file.content = recordBytes(file.content, changed);
  return files.map((file) => ({
    type: 'file',
    path: file.path.startsWith('bin/') ? `${scripts}/${file.path.slice('bin/'.length)}` : `${packages}/${file.path}`,
    mode: file.executable || file.path.startsWith('bin/') ? 0o755 : 0o644,
    uid: 0,
    gid: 0,
    content: file.content,
  }));
}

async function sourcesOf(job: TreeJob): Promise<{ file: string; installedAs: string }[]> {
  const names = await readdir(job.target, { recursive: true });
  const sources = names.filter((name) => name.endsWith('.py') && !name.startsWith('bin/')).toSorted((a, b) => (a < b ? -1 : 1));
  return sources.map((name) => ({ file: join(job.target, name), installedAs: `/${job.place.packages}/${name}` }));
}

async function readTree(target: string): Promise<Installed[]> {
  const entries = await readdir(target, { recursive: true, withFileTypes: true });
  const files: Installed[] = [];
  for (const entry of entries.filter((e) => e.isFile())) {
    const path = join(entry.parentPath, entry.name).slice(target.length + 1);
    if (LEFT_OUT.test(path)) continue;
    const file = join(target, path);
    const status = await stat(file);
    // All of two hundred packages at once would be half a gigabyte.
    const mayChange = path.startsWith('bin/') || isRecord(path) || isElf(headOf(file));
    const content = mayChange ? await readFile(file) : { file, sizeBytes: status.size };
    files.push({ path, content, executable: (status.mode & 0o100) !== 0 });
  }
  return files.toSorted(byPath);
}

const isRecord = (path: string): boolean => path.endsWith('.dist-info/RECORD');

/** As much of a file as says whether it is machine code. */
function headOf(file: string): Uint8Array {
  const bytes = new Uint8Array(64);
  const descriptor = openSync(file, 'r');
  try {
    return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(descriptor);
  }
}

const isProgram = (bytes: Uint8Array): boolean => bytes[0] === 0x23 && bytes[1] === 0x21; // #!

function recordBytes(bytes: Uint8Array, changed: ReadonlyMap<string, { path?: string; bytes?: Uint8Array }>): Uint8Array {
  return new TextEncoder().encode(
    updateRecord(new TextDecoder().decode(bytes), changed).replaceAll(
      /^\S+\.dist-info\/(REQUESTED|direct_url\.json|uv_cache\.json|uv_build\.json),.*\n/gm,
      '',
    ),
  );
}

/**
 * Console scripts name the interpreter that installed them, on one line or, where the path is long, as a small shell
 * program (distlib). In the image there is one interpreter and no shell.
 */
export function withShebang(bytes: Uint8Array, interpreter: string): Uint8Array {
  if (!isProgram(bytes)) return bytes;
  const text = new TextDecoder('latin1').decode(bytes);
  const rest = /^#!\/bin\/sh\n'''exec' .*\n' '''\n/.exec(text)?.[0] ?? /^#!.*python.*\n/.exec(text)?.[0];
  if (rest === undefined) return bytes;
  return Buffer.concat([Buffer.from(`#!${interpreter}\n`), bytes.subarray(rest.length)]);
}
