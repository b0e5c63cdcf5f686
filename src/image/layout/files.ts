import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { EnvironmentError, errorCode, UserError } from '../../base/index.ts';
import { readHeads, type Place } from '../tar/index.ts';
import { collect } from '../verified.ts';

/** A folder of blobs, on disk or inside a tar. */
export interface LayoutFiles {
  /** What people call it. */
  readonly name: string;
  /** A regular file; undefined when it is not there. */
  find(path: string): Promise<LayoutFile | undefined>;
  /** Paths of regular files below a folder (`blobs/`), sorted. */
  list(below: string): Promise<readonly string[]>;
}

export interface LayoutFile {
  readonly sizeBytes: number;
  /** Where it lies on this disk. */
  readonly place: Place;
  read(): AsyncIterable<Uint8Array>;
}

const STEP = 256 * 1024;

/** A folder on disk. */
export function folderFiles(folder: string): LayoutFiles {
  return {
    name: folder,
    async find(path) {
      const full = join(folder, path);
      const status = await stat(full).catch(absent);
      if (!status?.isFile()) return undefined;
      const place = { file: full, offset: 0, sizeBytes: status.size };
      return { sizeBytes: status.size, place, read: () => createReadStream(full, { highWaterMark: STEP }) };
    },
    async list(below) {
      const entries = (await readdir(join(folder, below), { recursive: true, withFileTypes: true }).catch(absent)) ?? [];
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
        .toSorted();
    },
  };
}

/**
 * A tar on disk, its entries listed once; contents are read from where they lie.
 * Throws UserError for a compressed tar, EnvironmentError for a broken one.
 */
export async function tarFiles(file: string): Promise<LayoutFiles> {
  await refuseCompressed(file);
  const places = new Map<string, { readonly offset: number; readonly sizeBytes: number }>();
  const links = new Map<string, string>();
  for (const { path, type, offset, sizeBytes, target = '' } of readHeads({ file, offset: 0, sizeBytes: (await stat(file)).size }, file)) {
    const plain = path.replace(/^(\.\/)+/, '');
    if (type === 'file') places.set(plain, { offset, sizeBytes });
    // Old versions of docker save share layers by links: `../ID/layer.tar`.
    if (type === 'hardlink') links.set(plain, target);
    if (type === 'symlink') links.set(plain, join(plain, '..', target));
  }
  return {
    name: file,
    async find(path) {
      const place = places.get(path) ?? places.get(links.get(path) ?? '');
      if (!place) return undefined;
      const { offset: start, sizeBytes } = place;
      // `end` is inclusive, so an empty file cannot be said with it.
      const read = (): AsyncIterable<Uint8Array> =>
        createReadStream(file, { start, end: Math.max(start, start + sizeBytes - 1), highWaterMark: STEP });
      return { sizeBytes, place: { file, offset: start, sizeBytes }, read: sizeBytes === 0 ? nothing : read };
    },
    list: async (below) => [...places.keys()].filter((path) => path.startsWith(below)).toSorted(),
  };
}

/** The bytes of a small file. Throws EnvironmentError when it is not there or larger than `limit`. */
export async function readSmall(files: LayoutFiles, path: string, limit: number): Promise<Uint8Array> {
  const found = await files.find(path);
  if (!found) throw missing(files, path);
  return collect(found.read(), limit, `${files.name}: ${path}`);
}

export const missing = (files: LayoutFiles, path: string): EnvironmentError =>
  new EnvironmentError(`${files.name} lacks \`${path}\``, 'the image is incomplete: make it or fetch it again');

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {}

function absent(error: unknown): undefined {
  const code = errorCode(error);
  if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
}

async function refuseCompressed(file: string): Promise<void> {
  const handle = await open(file);
  const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0).finally(() => handle.close());
  // Magic numbers: RFC 1952, section 2.3.1; RFC 8878, section 3.1.1.
  const gzip = buffer.readUInt16BE(0) === 0x1f8b;
  if (!gzip && buffer.readUInt32LE(0) !== 0xfd2fb528) return;
  const tool = gzip ? 'gunzip' : 'unzstd';
  throw new UserError(`\`${file}\` is compressed as a whole`, `unpack it first: \`${tool} ${file}\``, { file });
}
