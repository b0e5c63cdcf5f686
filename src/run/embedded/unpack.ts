import { createHash } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { EnvironmentError } from '../../base/index.ts';
import { keyOf, type Store } from '../../base/node.ts';
import { readLayerEntries, type Image, type ImageLayer, type LayerRecord, type TreeRecord } from '../../image/index.ts';
import { startExtractor, type Extractor } from './extractor.ts';
import type { Host } from '../host.ts';
import { hasId, outsideOf, type IdPlan, type IdRange } from '../ids.ts';

/** The image's layers on disk, ready to be stacked. */
export interface Unpacked {
  /** The folder that holds all of them. */
  readonly parent: string;
  /** Below `parent`, highest layer first: as overlayfs' `lowerdir` wants them. */
  readonly lowers: readonly string[];
  /** What an entry of the image could not be: devices that were left out, owners that this user cannot give. */
  readonly notes: readonly string[];
}

/** The mount option is at most a page, 4,096 bytes: 127 names of this length with `/fs:` fit. 80 bits of a SHA-256. */
const NAME_LENGTH = 20;
/** What the layout of an unpacked layer depends on. Change it when extract.mjs writes something else. */
const FORMAT = 1;
/** Ten times what the largest layers have, a CUDA toolkit's or a whole conda: each takes an inode of the store. */
const MAX_ENTRIES = 2_000_000;
/** Owner of files whose own owner cannot be given: `nobody`, as the kernel shows ids without a mapping. */
const OVERFLOW_ID = 65534;

/**
 * Unpacks what is not in the store yet. Each layer is known by all layers up to it (image-spec, config.md, "ChainID"):
 * what an opaque folder hides, and how a folder without an entry looks, depends on those below.
 */
export async function unpackLayers(store: Store, host: Host, image: Image, ids: IdPlan, maxEntries = MAX_ENTRIES): Promise<Unpacked> {
  let extractor: Promise<Extractor> | undefined;
  const folders: string[] = [];
  const notes: string[] = [];
  let chain = '';
  try {
    for (const layer of await image.layers()) {
      chain = createHash('sha256').update(`${chain} ${layer.diffId}`).digest('hex');
      const lowers = folders.map((folder) => join(folder, 'fs')).toReversed();
      const key = keyOf({ format: FORMAT, ids: ids.key, chain }).slice(0, NAME_LENGTH);
      const folder = await store.folder('layers', key, async (fresh) => {
        // A setuid file of the image's is nothing that other users of this machine may reach.
        await chmod(fresh, 0o700);
        const extracted = await extract(
          host,
          await (extractor ??= startExtractor(host, ids)),
          layer,
          join(fresh, 'fs'),
          lowers,
          ids,
          maxEntries,
        );
        await writeFile(join(fresh, 'notes.json'), JSON.stringify(extracted));
      });
      folders.push(folder);
      notes.push(...(JSON.parse(await readFile(join(folder, 'notes.json'), 'utf8')) as string[]));
    }
  } finally {
    await extractor?.then(
      (started) => started.end(),
      () => {},
    );
  }
  return { parent: join(store.root, 'folders', 'layers'), lowers: folders.map((folder) => `${basename(folder)}/fs`).toReversed(), notes };
}

/**
 * Removes folders with all they hold, whoever owns it: what was unpacked with subordinate ids, the user alone cannot.
 * For the store's prune. Throws EnvironmentError when something stays.
 */
export async function removeUnpacked(host: Host, ids: IdPlan, folders: readonly string[]): Promise<void> {
  const extractor = await startExtractor(host, ids);
  try {
    for (const folder of folders) {
      await extractor.send({ op: 'remove', folder: Buffer.from(folder).toString('latin1') });
      await extractor.answer();
    }
  } finally {
    await extractor.end();
  }
}

async function extract(
  host: Host,
  to: Extractor,
  layer: ImageLayer,
  folder: string,
  lowers: readonly string[],
  ids: IdPlan,
  maxEntries: number,
): Promise<readonly string[]> {
  const latin1 = (path: string): string => Buffer.from(path).toString('latin1');
  try {
    // Who owns what the layer does not name: the image's root.
    const root0 = ids.kind === 'shifted' ? { uid: outsideOf(ids.uids, 0), gid: outsideOf(ids.gids, 0) } : { uid: 0, gid: 0 };
    await to.send({
      op: 'open',
      folder: latin1(folder),
      lowers: lowers.map(latin1),
      owners: ids.kind !== 'single',
      root0,
      name: layer.diffId,
    });
    let entries = 0;
    for await (const record of readLayerEntries(layer.tar(), layer.diffId)) {
      if ((entries += 1) > maxEntries) throw tooMany(layer.diffId, maxEntries);
      await sendRecord(to, record, ids);
    }
    await to.send({ op: 'close' });
    return await to.answer();
  } catch (error) {
    // It may be in the middle of a file: what was written goes through a new one.
    await to.end();
    await removeUnpacked(host, ids, [folder]);
    throw error;
  }
}

const tooMany = (layer: string, limit: number): EnvironmentError =>
  new EnvironmentError(`layer ${layer} has more than ${limit} entries`, 'it looks like a bomb; do not use this image');

async function sendRecord(to: Extractor, record: LayerRecord, ids: IdPlan): Promise<void> {
  const path = nameBytes(record.path);
  switch (record.type) {
    case 'whiteout':
    case 'opaque':
      return to.send({ op: record.type, path });
    case 'character':
    case 'block':
      return to.send({ op: 'note', text: `${record.path}: a device, left out` });
    case 'fifo':
      return to.send({ op: 'note', text: `${record.path}: a named pipe, left out` });
    case 'directory':
      return to.send({ op: 'directory', path, ...(await headOf(to, record, ids)) });
    case 'symlink':
    case 'hardlink':
      return to.send({ op: record.type, path, target: nameBytes(record.target), ...(await headOf(to, record, ids)) });
    case 'file':
      await to.send({ op: 'file', path, size: record.sizeBytes, ...(await headOf(to, record, ids)) });
      for await (const chunk of record.content()) await to.sendBytes(chunk);
  }
}

/** Owner, mode and time, as far as this user can give them. */
async function headOf(to: Extractor, record: TreeRecord, ids: IdPlan): Promise<object> {
  const { mode, uid, gid, mtimeSeconds: mtime } = record;
  // The extractor of root's is in no namespace: it is told the host's numbers.
  const on = (ranges: readonly IdRange[], id: number): number => (ids.kind === 'shifted' ? outsideOf(ranges, id) : id);
  if (ids.kind === 'single' || hasOwner(ids, uid, gid)) return { mode, uid: on(ids.uids, uid), gid: on(ids.gids, gid), mtime };
  await to.send({ op: 'note', text: `${record.path}: owner ${uid}:${gid} is not among the ids of this user; shown as ${OVERFLOW_ID}` });
  const known = (ranges: readonly IdRange[], id: number): number => on(ranges, hasId(ranges, id) ? id : OVERFLOW_ID);
  return { mode, mtime, uid: known(ids.uids, uid), gid: known(ids.gids, gid) };
}

const hasOwner = (ids: IdPlan, uid: number, gid: number): boolean => ids.kind === 'host' || (hasId(ids.uids, uid) && hasId(ids.gids, gid));

/** Names are bytes; a byte that is not UTF-8 is a lone surrogate in ours (image/tar/text.ts). JSON gets latin1. */
function nameBytes(name: string): string {
  const parts = name.split(/([\udc80-\udcff])/u);
  return parts
    .map((part, i) => (i % 2 === 1 ? String.fromCharCode(part.charCodeAt(0) - 0xdc00) : Buffer.from(part).toString('latin1')))
    .join('');
}
