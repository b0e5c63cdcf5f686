import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { unzipSync } from 'fflate';
import { messageOf, UserError } from '../../../../base/index.ts';
import { keyOf } from '../../../../base/node.ts';
import { readLayerEntries, type Bytes, type LayerEntry } from '../../../../image/index.ts';
import { refuseEscape } from '../../application.ts';
import type { SourceTree } from '../source-tree.ts';
import { hidden } from './filled.ts';
import type { RemoteSource } from './source.ts';

/** Bytes of one source, packed or unpacked. Sources of pure Python are below a tenth of it. */
export const TREE_LIMIT = 256 * 1024 * 1024;

/** The files of a source that was fetched; an archive has them in one folder (PyPA, “Source distribution format”). `id`: what it is. */
export async function treeIn(file: string, id: string, source: RemoteSource): Promise<SourceTree> {
  const all = await unpacked(file, source);
  const folder = `${source.from.kind === 'git' ? '' : topOf(all, source)}${source.subdirectory === '' ? '' : `${source.subdirectory}/`}`;
  const entries = all.flatMap((entry) => (entry.path.startsWith(folder) ? [{ ...entry, path: entry.path.slice(folder.length) }] : []));
  if (entries.length === 0) throw refused(source, `there is no \`${folder}\` in it`);
  for (const entry of entries) if (entry.type === 'symlink') refuseEscape(entry);
  const manifest = entries.find(({ path }) => path === 'pyproject.toml');
  return {
    entries,
    key: keyOf({ id, subdirectory: source.subdirectory }),
    ...(manifest?.type === 'file' ? { manifest: new TextDecoder().decode(manifest.content as Uint8Array) } : {}),
  };
}

const refused = (source: RemoteSource, why: string): UserError =>
  new UserError(
    `\`${source.name}\`: what ${hidden(source.url, source)} holds cannot be built: ${why}`,
    'publish a wheel of it to an index',
    source.at,
  );

function topOf(entries: readonly LayerEntry[], source: RemoteSource): string {
  const tops = new Set(entries.map(({ path }) => path.split('/', 1)[0] ?? ''));
  const [top] = tops;
  if (top === undefined || tops.size !== 1) throw refused(source, 'it is not one folder, as an archive of sources is');
  return `${top}/`;
}

async function unpacked(file: string, source: RemoteSource): Promise<LayerEntry[]> {
  try {
    if (source.from.kind === 'archive' && /\.zip(\?|$)/.test(source.from.address)) return fromZip(await readFile(file), source);
    const packed = createReadStream(file);
    const tar = source.from.kind === 'git' ? packed : pipeline(packed, createGunzip(), () => {});
    return await fromTar(bounded(tar, source), source);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw refused(source, messageOf(error));
  }
}

async function* bounded(bytes: AsyncIterable<unknown>, source: RemoteSource): AsyncGenerator<Uint8Array, void, undefined> {
  let size = 0;
  for await (const piece of bytes as AsyncIterable<Uint8Array>) {
    if ((size += piece.length) > TREE_LIMIT) throw refused(source, `it is larger than ${TREE_LIMIT} bytes`);
    yield piece;
  }
}

async function fromTar(tar: Bytes, source: RemoteSource): Promise<LayerEntry[]> {
  const entries: LayerEntry[] = [];
  for await (const record of readLayerEntries(tar, hidden(source.url, source))) {
    const head = { path: record.path, uid: 0, gid: 0 };
    if (record.path === '') continue;
    if (record.type === 'directory') entries.push({ ...head, type: 'directory', mode: 0o755 });
    else if (record.type === 'symlink') entries.push({ ...head, type: 'symlink', mode: 0o777, target: record.target });
    else if (record.type === 'file') {
      const pieces: Uint8Array[] = [];
      for await (const piece of record.content()) pieces.push(Uint8Array.from(piece));
      entries.push({ ...head, type: 'file', mode: (record.mode & 0o100) === 0 ? 0o644 : 0o755, content: Buffer.concat(pieces) });
    } else throw refused(source, `\`${record.path}\` is no file, folder or link`);
  }
  return entries;
}

function fromZip(bytes: Uint8Array, source: RemoteSource): LayerEntry[] {
  let size = 0;
  const files = unzipSync(bytes, {
    filter: ({ name, originalSize }) => {
      if (name.startsWith('/') || name.split('/').includes('..')) throw refused(source, `\`${name}\` leads out of it`);
      if ((size += originalSize) > TREE_LIMIT) throw refused(source, `it is larger than ${TREE_LIMIT} bytes`);
      return !name.endsWith('/');
    },
  });
  return Object.entries(files).map(([path, content]) => ({ type: 'file', path, mode: 0o644, uid: 0, gid: 0, content }));
}
